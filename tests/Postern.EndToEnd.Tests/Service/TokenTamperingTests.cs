using Postern.Authority.Enrolment;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp.Certificates;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>Somebody who can write to the inventory's file, and has not the root's key.</summary>
public sealed class TokenTamperingTests
{
    [Theory]
    [InlineData("UPDATE tokens SET uses = 1000")]
    [InlineData("UPDATE tokens SET pattern = '*'")]
    [InlineData("UPDATE tokens SET expires_at = expires_at + 1000000")]
    [InlineData("UPDATE tokens SET hash = zeroblob(32)")]
    [InlineData("UPDATE tokens SET kind = 'admin'")]
    [InlineData("DELETE FROM tokens")]
    [InlineData("UPDATE submissions SET decided_by = 'nobody'")]
    [InlineData("DELETE FROM submissions")]
    public void A_changed_token_or_decision_is_found(string sql)
    {
        using TestInventory test = new();
        EnrolmentDesk desk = new(test.Inventory, test.Key);
        desk.CreateToken(TokenKind.Enrol, "web", TimeSpan.FromDays(1), days: 30);
        using ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(9), test.Clock);
        desk.Refuse(desk.Submit(SignedRequest.Create(key, test.Clock), "127.0.0.1").Id);
        Assert.Empty(test.Inventory.Verify().Findings);
        test.Tamper(sql);
        Assert.NotEmpty(test.Inventory.Verify().Findings);
    }

    [Theory]
    [InlineData("UPDATE submissions SET entry = entry - 1")]
    [InlineData("UPDATE submissions SET serial = substr(serial, 2) || substr(serial, 1, 1)")]
    public void An_approval_without_its_certificate_is_found(string sql)
    {
        using TestInventory test = new();
        EnrolmentDesk desk = new(test.Inventory, test.Key);
        using ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(9), test.Clock);
        string id = desk.Submit(SignedRequest.Create(key, test.Clock), "127.0.0.1").Id;
        test.Renew(desk.Approve(id, validity: null), days: 5);
        Assert.Empty(test.Inventory.Verify().Findings);
        test.Tamper(sql);
        Assert.NotEmpty(test.Inventory.Verify().Findings);
    }

    [Fact]
    public void A_token_that_was_used_too_often_is_found()
    {
        using TestInventory test = new();
        EnrolmentDesk desk = new(test.Inventory, test.Key);
        string actor = desk.CreateToken(TokenKind.Enrol, "*", TimeSpan.FromDays(1)).Record.Actor;
        using (ServerKey key = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(9), test.Clock))
        {
            new EnrolmentDesk(test.Inventory.As(actor), test.Key).IssueOwn(key.CreateRequest());
        }

        Assert.Empty(test.Inventory.Verify().Findings);
        using ServerKey second = ServerKey.Generate(test.Root.Suite, "web", TimeSpan.FromDays(9), test.Clock);
        new EnrolmentDesk(test.Inventory.As(actor), test.Key).IssueOwn(second.CreateRequest());
        Assert.Single(test.Inventory.Verify().Findings);
    }
}
