-- Wireshark dissector of QSTP and QSMP (SIMPLEX and DUPLEX). Written from docs/wire and docs/wire-extensions.md; docs/inspect.md says how to install it.
-- It needs no secrets and decrypts nothing: headers, handshakes and error codes before the channel are in clear, the rest is sizes.

local HEADER = 21
local ERROR_SEQUENCE = "00000000000000ff" -- 0xFF00000000000000
local LARGEST_SEALED = 65536
local LARGEST_HANDSHAKE = 1500000
local TOLERANCE = 60

-- QSTP §2, QSMP §1.6: name of the set in QSTP and in QSMP, sizes of signature, KEM public key and KEM ciphertext.
local SUITES = {
  { "dilithium-s1_kyber-s1_rcs-256_sha3-256", "dilithium-s1_kyber-s1_sha3_rcs256", 2420, 800, 768 },
  { "dilithium-s3_kyber-s3_rcs-256_sha3-256", "dilithium-s3_kyber-s3_sha3_rcs256", 3309, 1184, 1088 },
  { "dilithium-s5_kyber-s5_rcs-256_sha3-256", "dilithium-s5_kyber-s5_sha3_rcs256", 4627, 1568, 1568 },
  { "dilithium-s5_kyber-s6_rcs-256_sha3-256", "dilithium-s5_kyber-s6_sha3_rcs256", 4627, 1952, 1920 },
  { "dilithium-s1_mceliece-s1_rcs-256_sha3-256", "dilithium-s1_mceliece-s1_sha3_rcs", 2420, 261120, 128 },
  { "dilithium-s3_mceliece-s3_rcs-256_sha3-256", "dilithium-s3_mceliece-s3_sha3_rcs", 3309, 524160, 188 },
  { "dilithium-s5_mceliece-s5_rcs-256_sha3-256", "dilithium-s5_mceliece-s5_sha3_rcs", 4627, 1044992, 240 },
  { "dilithium-s5_mceliece-s6_rcs-256_sha3-256", "dilithium-s5_mceliece-s6_sha3_rcs", 4627, 1047319, 226 },
  { "dilithium-s5_mceliece-s7_rcs-256_sha3-256", "dilithium-s5_mceliece-s7_sha3_rcs", 4627, 1357824, 240 },
  { "sphincs-s1_mceliece-s1_rcs-256_sha3-256", "sphincs+-s1s_mceliece-s1_sha3_rcs", 7856, 261120, 128 },
  { "sphincs-s3_mceliece-s3_rcs-256_sha3-256", "sphincs+-s3s_mceliece-s3_sha3_rcs", 16224, 524160, 188 },
  { "sphincs-s5_mceliece-s5_rcs-256_sha3-256", "sphincs+-s5s_mceliece-s5_sha3_rcs", 29792, 1044992, 240 },
  { "sphincs-s5_mceliece-s6_rcs-256_sha3-256", "sphincs+-s5s_mceliece-s6_sha3_rcs", 29792, 1047319, 226 },
  { "sphincs-s5_mceliece-s7_rcs-256_sha3-256", "sphincs+-s5s_mceliece-s7_sha3_rcs", 29792, 1357824, 240 },
}

local function suite_of(column, name)
  for _, row in ipairs(SUITES) do
    if row[column] == name then
      return { name = name, signature = row[3], public_key = row[4], ciphertext = row[5] }
    end
  end
end

-- QSTP §3.1, QSMP §1.3; 0xF0 is Postern's own.
local COMMON_FLAGS = {
  [0x01] = "connect request", [0x02] = "connect response", [0x03] = "connection terminate", [0x04] = "encrypted message",
  [0x07] = "exchange request", [0x08] = "exchange response", [0x12] = "symmetric ratchet request", [0xF0] = "keep-alive",
}

local function flags_with(more)
  local all = {}
  for flag, name in pairs(COMMON_FLAGS) do all[flag] = name end
  for flag, name in pairs(more) do all[flag] = name end
  return all
end

-- QSTP §3.2
local QSTP_CODES = {
  [0x00] = "normal close", [0x01] = "accept failed", [0x02] = "a signature or tag did not verify", [0x03] = "channel down",
  [0x04] = "connection failure", [0x05] = "failed in the connect phase", [0x06] = "decapsulation failed", [0x07] = "decryption failed",
  [0x08] = "failed in the establish phase", [0x09] = "failed in the exchange phase", [0x0A] = "public key hash invalid",
  [0x0B] = "too many hosts", [0x0C] = "invalid input", [0x0D] = "unexpected flag", [0x0E] = "certificate or key expired, or revoked",
  [0x0F] = "unknown certificate serial", [0x10] = "ratchet failure", [0x11] = "listener failed", [0x12] = "out of memory",
  [0x13] = "packet time outside the window", [0x14] = "packet out of sequence, or another fault of a header", [0x15] = "random generator failed",
  [0x16] = "receive failed or wrong length", [0x17] = "signing failed", [0x18] = "transmit failed", [0x19] = "configuration set not recognised",
  [0x1A] = "verification failed", [0x1B] = "remote error",
}

-- QSMP §1.4
local function qsmp_codes(refused)
  return {
    [0x00] = "normal close", [0x01] = "accept failed", [0x02] = "authentication failure", [0x03] = "channel down",
    [0x04] = "connection failure", [0x05] = refused, [0x06] = "decapsulation failure", [0x07] = "decryption failure",
    [0x08] = "establish failure", [0x09] = "exchange failure", [0x0A] = "hash invalid", [0x0B] = "hosts exceeded", [0x0C] = "invalid input",
    [0x0D] = "invalid request", [0x0E] = "key expired", [0x0F] = "key unrecognized", [0x10] = "ratchet failure", [0x11] = "listener failed",
    [0x12] = "out of memory", [0x13] = "packet time outside the window", [0x14] = "packet out of sequence, or another fault of a header",
    [0x15] = "random generator failed", [0x16] = "receive failure", [0x17] = "transmit failure", [0x18] = "unknown protocol",
    [0x19] = "verification failed", [0x1A] = "system message",
  }
end

local postern = Proto("postern", "Post-quantum channels of Postern (QSTP or QSMP)")

-- What differs between the protocols, as data. first: the sequence of the first packet after the handshake.
local QSTP = {
  name = "QSTP", proto = Proto("qstp", "Quantum Secure Tunneling Protocol"), column = 1, field = 42, hash = 32, tag = 32, first = 3,
  error_flag = 0x13, codes = QSTP_CODES, flags = flags_with({ [0x13] = "error condition" }),
}
local SIMPLEX = {
  name = "QSMP SIMPLEX", proto = Proto("qsms", "Quantum Secure Messaging Protocol, SIMPLEX"), column = 2, field = 34, hash = 32, tag = 32, first = 3,
  error_flag = 0x14, codes = qsmp_codes("connection refused"), flags = flags_with({ [0x14] = "error condition" }),
}
local DUPLEX = {
  name = "QSMP DUPLEX", proto = Proto("qsmd", "Quantum Secure Messaging Protocol, DUPLEX"), column = 2, field = 34, hash = 64, tag = 64, first = 4,
  error_flag = 0x14, codes = qsmp_codes("connect failure"),
  flags = flags_with({
    [0x09] = "establish request", [0x0A] = "establish response", [0x10] = "asymmetric ratchet request", [0x11] = "asymmetric ratchet response",
    [0x14] = "error condition",
  }),
}
-- A stream whose beginning was not captured, on a port that says nothing.
local UNKNOWN_FLAGS = flags_with({
  [0x09] = "establish request", [0x0A] = "establish response", [0x10] = "asymmetric ratchet request", [0x11] = "asymmetric ratchet response",
  [0x13] = "error condition", [0x14] = "error condition",
})
local HANDSHAKE = { [0x01] = "client", [0x02] = "server", [0x07] = "client", [0x08] = "server", [0x09] = "client", [0x0A] = "server" }

local f = {
  protocol = ProtoField.string("postern.protocol", "Protocol"),
  direction = ProtoField.string("postern.direction", "Sent by"),
  flag = ProtoField.uint8("postern.flag", "Flag", base.HEX),
  kind = ProtoField.string("postern.kind", "Packet"),
  length = ProtoField.uint32("postern.length", "Length"),
  sequence = ProtoField.uint64("postern.sequence", "Sequence"),
  time = ProtoField.uint64("postern.time", "Time (seconds)"),
  utc = ProtoField.absolute_time("postern.time.utc", "Time", base.UTC),
  suite = ProtoField.string("postern.suite", "Configuration set"),
  serial = ProtoField.bytes("postern.serial", "Serial of the server's certificate"),
  key_identity = ProtoField.bytes("postern.key_identity", "Key identity of the responder"),
  configuration = ProtoField.stringz("postern.configuration", "Configuration"),
  signature = ProtoField.bytes("postern.signature", "Signature"),
  hash = ProtoField.bytes("postern.hash", "Signed hash"),
  transcript = ProtoField.bytes("postern.transcript", "Transcript hash"),
  public_key = ProtoField.bytes("postern.public_key", "Ephemeral KEM public key"),
  kem_ciphertext = ProtoField.bytes("postern.kem_ciphertext", "KEM ciphertext"),
  ciphertext = ProtoField.bytes("postern.ciphertext", "Ciphertext"),
  plaintext_length = ProtoField.uint32("postern.plaintext_length", "Bytes in the ciphertext"),
  tag = ProtoField.bytes("postern.tag", "Tag"),
  error = ProtoField.uint8("postern.error", "Error code", base.HEX),
  error_text = ProtoField.string("postern.error.text", "Error"),
  body = ProtoField.bytes("postern.body", "Body"),
  proxy = ProtoField.bytes("postern.proxy", "PROXY protocol header"),
}
postern.fields = {}
for _, field in pairs(f) do table.insert(postern.fields, field) end

local e = {
  error = ProtoExpert.new("postern.expert.error", "Error packet", expert.group.RESPONSE_CODE, expert.severity.WARN),
  goodbye = ProtoExpert.new("postern.expert.goodbye", "Sealed goodbye or error", expert.group.SEQUENCE, expert.severity.CHAT),
  terminate = ProtoExpert.new("postern.expert.terminate", "Unauthenticated terminate", expert.group.SECURITY, expert.severity.WARN),
  flag = ProtoExpert.new("postern.expert.flag", "Unknown flag", expert.group.PROTOCOL, expert.severity.WARN),
  length = ProtoExpert.new("postern.expert.length", "Wrong length", expert.group.MALFORMED, expert.severity.ERROR),
  sequence = ProtoExpert.new("postern.expert.sequence", "Out of sequence", expert.group.SEQUENCE, expert.severity.WARN),
  time = ProtoExpert.new("postern.expert.time", "Time outside the window", expert.group.PROTOCOL, expert.severity.WARN),
  suite = ProtoExpert.new("postern.expert.suite", "Unknown configuration", expert.group.PROTOCOL, expert.severity.WARN),
  direction = ProtoExpert.new("postern.expert.direction", "Wrong direction", expert.group.PROTOCOL, expert.severity.WARN),
}
postern.experts = {}
for _, info in pairs(e) do table.insert(postern.experts, info) end

postern.prefs.qstp = Pref.range("QSTP ports", "32119,32120", "TCP ports of QSTP", 65535)
postern.prefs.simplex = Pref.range("QSMP SIMPLEX ports", "31118,31119", "TCP ports of QSMP SIMPLEX", 65535)
postern.prefs.duplex = Pref.range("QSMP DUPLEX ports", "30118,30119", "TCP ports of QSMP DUPLEX", 65535)
postern.prefs.heuristic = Pref.bool("Look for the protocols on other ports", true, "By flag, length, sequence and a time near the capture's")

local stream_field = Field.new("tcp.stream")
local streams = {}

function postern.init() streams = {} end

local function stream_of(pinfo)
  local number = stream_field()
  local key = number and number.value or -1
  if not streams[key] then streams[key] = { next = {}, findings = {}, cut = {} } end
  return streams[key]
end

local function end_of(pinfo) return tostring(pinfo.src) .. " " .. pinfo.src_port end

local function is_proxy_header(tvb, offset)
  return tvb:len() - offset >= 16 and tvb(offset, 12):bytes():tohex(true) == "0d0a0d0a000d0a515549540a"
end

local function header_of(tvb, offset)
  return {
    flag = tvb(offset, 1):uint(),
    length = tvb(offset + 1, 4):le_uint(),
    sequence = tvb(offset + 5, 8):le_uint64(),
    is_clear_error = tvb(offset + 5, 8):bytes():tohex(true) == ERROR_SEQUENCE,
    time = tvb(offset + 13, 8):le_uint64():tonumber(),
  }
end

-- By the first packet: length and configuration string of a connect request. (QSTP §6.1, QSMP §2.1, §3.1)
local function recognise(tvb, offset, header)
  if header.flag ~= 0x01 or tvb:len() - offset < HEADER + 16 + 34 then return end
  local room = math.min(42, tvb:len() - offset - HEADER - 16)
  local name = tvb(offset + HEADER + 16, room):string():match("^[%w+_-]+") or ""
  local suite = suite_of(1, name)
  if suite and header.length == 58 then return QSTP, suite end
  -- The signature of DUPLEX follows the 34 bytes.
  suite = suite_of(2, name:sub(1, 33))
  if suite and header.length == 50 then return SIMPLEX, suite end
  if suite and header.length == 50 + suite.signature + 64 then return DUPLEX, suite end
end

-- The smallest and largest body of a flag in any protocol: for the heuristic.
local function is_plausible_length(header)
  if header.flag == 0x01 then return header.length == 58 or (header.length >= 50 and header.length <= 50 + 29792 + 64) end
  if header.flag == 0x02 or header.flag == 0x07 then return header.length >= 128 and header.length <= LARGEST_HANDSHAKE end
  if header.flag == 0x08 then return header.length >= 32 and header.length <= LARGEST_SEALED end
  if header.flag == 0x09 or header.flag == 0x0A then return header.length == 128 end
  if header.is_clear_error then return header.length == 1 end
  return header.length > 32 and header.length <= LARGEST_SEALED
end

local function is_plausible(tvb, pinfo)
  if tvb:len() < HEADER then return false end
  local header = header_of(tvb, 0)
  if not UNKNOWN_FLAGS[header.flag] or not is_plausible_length(header) then return false end
  if not header.is_clear_error and header.sequence >= UInt64(0, 0x10000) then return false end
  if HANDSHAKE[header.flag] and header.sequence > UInt64(2) then return false end
  return math.abs(header.time - pinfo.abs_ts) <= 86400
end

-- The parts of a body, in order; nil if the protocol or the set is not known. A size of nil means the rest.
local function parts_of(protocol, flag, suite)
  if not protocol then return nil end
  if flag == 0x01 then
    local identity = { protocol == QSTP and f.serial or f.key_identity, 16 }
    if protocol ~= DUPLEX then return { identity, { f.configuration, protocol.field } } end
    return suite and { identity, { f.configuration, 34 }, { f.signature, suite.signature }, { f.hash, 64 } }
  end
  if flag == 0x08 and protocol == QSTP then return { { f.transcript, 32 } } end
  if (flag == 0x08 and protocol == SIMPLEX) or flag == 0x09 or flag == 0x0A then
    return { { f.ciphertext, protocol.hash }, { f.tag, protocol.tag } }
  end
  if not suite then return nil end
  local signed = { { f.signature, suite.signature }, { f.hash, protocol.hash } }
  if flag == 0x02 then return { signed[1], signed[2], { f.public_key, suite.public_key } } end
  if flag == 0x07 and protocol ~= DUPLEX then return { { f.kem_ciphertext, suite.ciphertext } } end
  if flag == 0x07 then return { { f.kem_ciphertext, suite.ciphertext }, { f.public_key, suite.public_key }, signed[1], signed[2] } end
  if flag == 0x08 then return { { f.kem_ciphertext, suite.ciphertext }, signed[1], signed[2] } end
end

-- The exact size of what is sealed, where it is fixed.
local function sealed_size(protocol, header, suite)
  if header.flag == 0x12 then return 32 end
  if header.flag == 0xF0 then return 4 end
  if protocol and header.flag == protocol.error_flag then return 1 end
  if protocol == DUPLEX and suite and header.flag == 0x10 then return suite.signature + 64 + suite.public_key end
  if protocol == DUPLEX and suite and header.flag == 0x11 then return suite.signature + 64 + suite.ciphertext end
end

local function expected_length(parts)
  local length = 0
  for _, part in ipairs(parts) do length = length + part[2] end
  return length
end

local function add_parts(tree, tvb, parts)
  local offset = HEADER
  for _, part in ipairs(parts) do
    if offset + part[2] > tvb:len() then return end
    tree:add(part[1], tvb(offset, part[2]))
    offset = offset + part[2]
  end
end

local function add_handshake(tree, length_item, tvb, header, protocol, suite)
  local parts = parts_of(protocol, header.flag, suite)
  if not parts then
    if header.length > 0 then tree:add(f.body, tvb(HEADER)) end
    return
  end
  local expected = expected_length(parts)
  if expected ~= header.length then
    length_item:add_proto_expert_info(e.length, string.format("The %s of %s has %d bytes, not %d", protocol.flags[header.flag], protocol.name, expected, header.length))
  end
  add_parts(tree, tvb, parts)
end

local function add_sealed(tree, length_item, tvb, header, protocol, suite)
  local tag = protocol and protocol.tag or 32
  local fixed = sealed_size(protocol, header, suite)
  if header.length > LARGEST_SEALED then
    length_item:add_proto_expert_info(e.length, "Longer than the 65536 bytes of a sealed packet")
  elseif header.length <= tag or (protocol and fixed and header.length ~= fixed + tag) then
    local wanted = fixed and (fixed + tag) or ("more than " .. tag)
    length_item:add_proto_expert_info(e.length, string.format("Sealed with a tag of %d bytes it has %s bytes, not %d", tag, wanted, header.length))
  end
  local size = tvb:len() - HEADER
  if not protocol or size <= tag or size < header.length then
    if size > 0 then tree:add(f.body, tvb(HEADER)) end
    return
  end
  tree:add(f.ciphertext, tvb(HEADER, size - tag))
  tree:add(f.plaintext_length, tvb(HEADER, size - tag), size - tag):set_generated()
  tree:add(f.tag, tvb(HEADER + size - tag, tag))
end

local function add_error(tree, tvb, header, protocol)
  if tvb:len() <= HEADER then return "" end
  local code = tvb(HEADER, 1):uint()
  local codes = protocol and protocol.codes or (header.flag == 0x13 and QSTP_CODES or SIMPLEX.codes)
  local text = codes[code] or "unknown code"
  local item = tree:add(f.error, tvb(HEADER, 1))
  item:append_text(" (" .. text .. ")")
  tree:add(f.error_text, tvb(HEADER, 1), text):set_generated()
  item:add_proto_expert_info(e.error, "Error: " .. text .. ". Nothing authenticates it: anyone on the path could have sent it")
  return string.format(" 0x%02x: %s", code, text)
end

-- On the first pass only, in the order of the stream; later passes read what was found. (QSTP §6, §8.1; QSMP §1.8)
local function findings_of(stream, tvb, pinfo, header)
  local key = pinfo.number .. " " .. tvb(0, HEADER):bytes():tohex()
  if stream.findings[key] then return stream.findings[key] end
  local found = {}
  local sender = end_of(pinfo)
  if header.flag == 0x01 and not stream.client then stream.client = sender end
  if not stream.suite then
    local protocol, suite = recognise(tvb, 0, header)
    if protocol then stream.protocol, stream.suite = protocol, suite end
  end
  if not header.is_clear_error then
    local expected = stream.next[sender] or (stream.client and { UInt64(0) })
    if expected and expected[1] == UInt64(0) and not HANDSHAKE[header.flag] then expected = nil end
    local first = stream.protocol and stream.protocol.first or 3
    if expected and expected.is_handshake and not HANDSHAKE[header.flag] then expected = { UInt64(first) } end
    if expected and header.sequence ~= expected[1] then found.expected = expected[1] end
    stream.next[sender] = { header.sequence + 1, is_handshake = HANDSHAKE[header.flag] ~= nil }
  end
  found.protocol, found.suite, found.client = stream.protocol, stream.suite, stream.client
  stream.findings[key] = found
  return found
end

local function add_header(tree, tvb, pinfo, header, name, found)
  local flag = tree:add(f.flag, tvb(0, 1))
  flag:append_text(" (" .. name .. ")")
  tree:add(f.kind, tvb(0, 1), name):set_generated()
  local length = tree:add_le(f.length, tvb(1, 4))
  local sequence = tree:add_le(f.sequence, tvb(5, 8))
  if found.expected then
    sequence:add_proto_expert_info(e.sequence, string.format("Sequence %s where %s is expected", tostring(header.sequence), tostring(found.expected)))
  end
  local time = tree:add_le(f.time, tvb(13, 8))
  if header.time < 253402300800 then tree:add(f.utc, tvb(13, 8), NSTime.new(header.time, 0)):set_generated() end
  local is_ratchet = header.flag >= 0x10 and header.flag <= 0x12
  if not (is_ratchet and header.time == 0) and math.abs(header.time - pinfo.abs_ts) > TOLERANCE + 1 then
    time:add_proto_expert_info(e.time, string.format("%.0f s from the time of capture: receivers accept %d s", header.time - pinfo.abs_ts, TOLERANCE))
  end
  return flag, length
end

local function dissect_proxy(tvb, tree)
  local item = tree:add(postern, tvb(), "PROXY protocol header, before the channel")
  item:add(f.proxy, tvb())
  return tvb:len()
end

-- Of frames whose end was not captured TCP makes no stream: what follows may begin anywhere in a packet.
local function is_remainder(stream, tvb, pinfo)
  local sender = end_of(pinfo)
  if tvb:len() < HEADER then return true end
  if not stream.cut[sender] and tvb:len() < tvb:reported_len() then stream.cut[sender] = pinfo.number end
  return stream.cut[sender] and pinfo.number > stream.cut[sender] and not is_plausible(tvb, pinfo)
end

local function dissect_packet(tvb, pinfo, tree, given)
  if is_proxy_header(tvb, 0) then return dissect_proxy(tvb, tree) end
  local stream = stream_of(pinfo)
  if is_remainder(stream, tvb, pinfo) then
    tree:add(postern, tvb(), "Part of a packet that was not captured as a whole")
    return tvb:len()
  end
  local header = header_of(tvb, 0)
  local found = findings_of(stream, tvb, pinfo, header)
  local protocol = found.protocol or given
  local flags = protocol and protocol.flags or UNKNOWN_FLAGS
  local name = flags[header.flag] or string.format("unknown flag 0x%02x", header.flag)
  local is_error = protocol and header.flag == protocol.error_flag or not protocol and (header.flag == 0x13 or header.flag == 0x14)
  if is_error and not header.is_clear_error then name = "sealed goodbye or error" end
  local title = protocol and protocol.name or "QSTP or QSMP"
  local item = tree:add(protocol and protocol.proto or postern, tvb(), title .. ", " .. name)
  item:add(f.protocol, tvb(0, 0), title):set_generated()
  local side = found.client and (found.client == end_of(pinfo) and "client" or "server")
  if side then item:add(f.direction, tvb(0, 0), side):set_generated() end
  local flag_item, length_item = add_header(item, tvb, pinfo, header, name, found)
  if found.suite then item:add(f.suite, tvb(0, 0), found.suite.name):set_generated() end
  if side and HANDSHAKE[header.flag] and HANDSHAKE[header.flag] ~= side then
    flag_item:add_proto_expert_info(e.direction, "Only a " .. HANDSHAKE[header.flag] .. " sends this packet")
  end

  local summary = ""
  if header.length > LARGEST_HANDSHAKE then
    length_item:add_proto_expert_info(e.length, "Longer than any packet of these protocols")
  elseif is_error and (header.is_clear_error or header.length == 1) then
    summary = add_error(item, tvb, header, protocol)
  elseif HANDSHAKE[header.flag] then
    add_handshake(item, length_item, tvb, header, protocol, found.suite)
    if header.flag == 0x01 and not found.suite and tvb:len() >= HEADER + header.length then
      item:add_proto_expert_info(e.suite, "The configuration is none of the fourteen sets, or has another length than its packet")
    end
  elseif flags[header.flag] and header.flag ~= 0x03 then
    add_sealed(item, length_item, tvb, header, protocol, found.suite)
    if is_error then flag_item:add_proto_expert_info(e.goodbye) end
  else
    if tvb:len() > HEADER then item:add(f.body, tvb(HEADER)) end
    flag_item:add_proto_expert_info(header.flag == 0x03 and e.terminate or e.flag)
  end

  pinfo.cols.protocol = title
  local separator = pinfo.private["postern"] == tostring(pinfo.number) and "; " or ""
  if separator == "" then pinfo.cols.info = "" end
  pinfo.private["postern"] = tostring(pinfo.number)
  local sequence = header.is_clear_error and "" or ", sequence " .. tostring(header.sequence)
  pinfo.cols.info:append(string.format("%s%s%s%s, %d bytes", separator, name, summary, sequence, header.length))
  return tvb:len()
end

-- A length that no packet has would make TCP wait for it for ever: the rest of the segment is shown instead.
local function packet_length(tvb, pinfo, offset)
  local rest = tvb:reported_length_remaining(offset)
  if tvb:len() - offset < HEADER then return rest end
  if is_proxy_header(tvb, offset) then return 16 + tvb(offset + 14, 2):uint() end
  local length = tvb(offset + 1, 4):le_uint()
  return length > LARGEST_HANDSHAKE and rest or HEADER + length
end

local function dissect(tvb, pinfo, tree, given)
  local stream = stream_of(pinfo)
  -- Another protocol on one of the ports.
  if not stream.is_ours and not is_proxy_header(tvb, 0) and tvb:len() >= HEADER and not UNKNOWN_FLAGS[tvb(0, 1):uint()] then return 0 end
  stream.is_ours = true
  dissect_tcp_pdus(tvb, tree, HEADER, packet_length, function(packet, info, root) return dissect_packet(packet, info, root, given) end)
  return tvb:len()
end

function postern.dissector(tvb, pinfo, tree) return dissect(tvb, pinfo, tree, nil) end
function QSTP.proto.dissector(tvb, pinfo, tree) return dissect(tvb, pinfo, tree, QSTP) end
function SIMPLEX.proto.dissector(tvb, pinfo, tree) return dissect(tvb, pinfo, tree, SIMPLEX) end
function DUPLEX.proto.dissector(tvb, pinfo, tree) return dissect(tvb, pinfo, tree, DUPLEX) end

postern:register_heuristic("tcp", function(tvb, pinfo, tree)
  if not postern.prefs.heuristic or not is_plausible(tvb, pinfo) then return false end
  pinfo.conversation = postern
  dissect(tvb, pinfo, tree, nil)
  return true
end)

local ports = DissectorTable.get("tcp.port")
local registered = {}

local function register_ports()
  local wanted = { [QSTP.proto] = postern.prefs.qstp, [SIMPLEX.proto] = postern.prefs.simplex, [DUPLEX.proto] = postern.prefs.duplex }
  for _, entry in ipairs(registered) do ports:remove(entry[2], entry[1]) end
  registered = {}
  for proto, range in pairs(wanted) do
    if tostring(range) ~= "" then
      ports:add(tostring(range), proto)
      table.insert(registered, { proto, tostring(range) })
    end
  end
end

function postern.prefs_changed() register_ports() end

register_ports()
for _, proto in ipairs({ postern, QSTP.proto, SIMPLEX.proto, DUPLEX.proto }) do ports:add_for_decode_as(proto) end
