namespace IndustrialTwin.Identities;

/// <summary>The door of a silo: turns what people, applications and devices hold (an access key, a provider's token) into passes.</summary>
public interface IAccess
{
    /// <summary>Whether anybody has to sign in; on a silo that only its own computer can reach, nobody has to.</summary>
    bool IsRequired { get; }

    /// <summary>Verifies a credential. A refusal stands in the audit log.</summary>
    /// <param name="credential">An access key, a JSON Web Token of the configured provider, or a pass.</param>
    /// <param name="where">Where it was shown, for the audit log: <c>http 10.0.0.7</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the store or the provider.</param>
    /// <returns>The pass, or null where the credential is none that counts. Why is not told.</returns>
    /// <exception cref="AccessDeniedException">The credential is good and yet not enough; the message names what came and what was expected.</exception>
    ValueTask<Pass?> SignInAsync(string credential, string where, CancellationToken cancellationToken = default);

    /// <summary>A pass for a caller that was verified.</summary>
    Pass Issue(Caller caller, TimeSpan lifetime);

    /// <summary>The same pass for longer, never beyond what its caller showed; null where it does not count (any more).</summary>
    Pass? Renew(string pass, TimeSpan lifetime);

    /// <summary>Who a pass names, or null where it does not count (any more).</summary>
    Caller? Verify(string pass);

    /// <summary>Begins a browser's session for a caller that was verified: it stands in the list of sessions and in the audit log.</summary>
    /// <exception cref="AccessDeniedException">People of its role must show factors of two kinds, and it did not.</exception>
    ValueTask<Pass> BeginSessionAsync(Caller caller, SessionRequest request, CancellationToken cancellationToken = default);

    /// <summary>Notes that a session was used just now.</summary>
    void Used(Caller caller);

    /// <summary>Ends a session, on all silos within seconds, for who is calling now.</summary>
    ValueTask EndSessionAsync(SessionSnapshot session, CancellationToken cancellationToken = default);

    /// <summary>Makes a pass count no more, on all silos within seconds.</summary>
    ValueTask EndAsync(string pass, CancellationToken cancellationToken = default);
}
