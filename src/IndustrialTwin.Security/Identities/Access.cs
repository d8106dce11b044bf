using System.Collections.Concurrent;
using IndustrialTwin.Audit;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>The door of a silo where everybody has to sign in.</summary>
internal sealed class Access(PassSeal seal, AccessBook book, ITokenProvider provider, AuditGate audit, SignInTries tries, SessionUses uses, IAccessStore store, IOptions<SecurityOptions> options, TimeProvider clock) : IAccess
{
    private const int KnownMax = 4_096, AgentLengthMax = 256;
    private static readonly TimeSpan SiloLifetime = TimeSpan.FromDays(1), SiloRenewal = TimeSpan.FromHours(1);

    /// <summary>What an id is compared with that no key has: it has been revoked, and nobody knows its secret.</summary>
    private static readonly StoredKey Nobodys = KeyText.Make(new AccessKeyRequest("nobody", Role.None, string.Empty), 0).Stored is var made
        ? made with { Key = made.Key with { RevokedUs = 0 } } : null!;

    private readonly ConcurrentDictionary<string, Known> _known = new();
    private (string Text, long RenewUs) _own = (string.Empty, 0);

    /// <inheritdoc/>
    public bool IsRequired => true;

    /// <summary>The pass of this silo's own calls. It outlasts clocks that differ by hours; it never goes to a client.</summary>
    public string Own
    {
        get
        {
            var own = _own;
            if (clock.NowUs() < own.RenewUs)
            {
                return own.Text;
            }

            var now = clock.NowUs();
            var text = seal.Sign(new PassSeal.Claims(
                Guid.NewGuid().ToString("N"), "silo", "silo", Role.Administrator, [Caller.Everywhere], null, now + Us(SiloLifetime), Silo: true));
            _own = (text, now + Us(SiloRenewal));
            return text;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Pass?> SignInAsync(string credential, string where, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(where);
        var space = where.IndexOf(' ', StringComparison.Ordinal);
        var (way, address) = space < 0 ? (where, "unknown") : (where[..space], where[(space + 1)..]);
        if (!tries.Has(address))
        {
            await audit.RefusedAsync("nobody", "sign-in", where, $"more than Security:FailedSignInsPerMinuteMax = {options.Value.FailedSignInsPerMinuteMax} sign-ins from there failed; nothing is looked at", null).ConfigureAwait(false);
            return null;
        }

        Caller? caller;
        string? id;
        try
        {
            (caller, id) = await IdentifyAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        catch (AccessDeniedException fault)
        {
            tries.Failed(address, way);
            await audit.RefusedAsync("nobody", "sign-in", where, fault.Message, null).ConfigureAwait(false);
            throw;
        }

        if (caller is not null)
        {
            return Issue(caller, options.Value.PassLifetime);
        }

        tries.Failed(address, way);
        await audit.RefusedAsync(id ?? "nobody", "sign-in", where, "the credential does not count", null).ConfigureAwait(false);
        return null;
    }

    /// <inheritdoc/>
    public Pass Issue(Caller caller, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Issue(caller.Proof?.Session ?? NewId(), caller, lifetime); // What came of a session ends with it.
    }

    /// <inheritdoc/>
    public Pass? Renew(string pass, TimeSpan lifetime)
    {
        if (Know(pass) is not { IsSilo: false } known)
        {
            return null;
        }

        var renewed = Issue(known.PassId, known.Caller, lifetime);
        if (known.Caller.Proof?.Session is { } session)
        {
            uses.Prolonged(session, renewed.ExpiresUs);
        }

        return renewed;
    }

    /// <inheritdoc/>
    public async ValueTask<Pass> BeginSessionAsync(Caller caller, SessionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(request);
        var proof = caller.Proof ?? new Proof(SignInWay.Key, null);
        if (options.Value.AsksSeveralFactors(caller.Role) && !proof.SeveralFactors)
        {
            var fault = new AccessDeniedException(
                $"'{caller.Name}' must sign in with several factors, as people from {SecurityOptions.Section}:{nameof(SecurityOptions.SeveralFactorsFrom)} on must; what came is one: {(proof.Way == SignInWay.Key ? "an access key" : "a token got with one")}.")
            {
                IsKnown = true, Demand = SignInDemand.SeveralFactors,
            };
            await audit.RefusedAsync(AuditGate.Name(caller), "session.begin", request.From, fault.Message, caller.Tenant).ConfigureAwait(false);
            throw fault;
        }

        // A new one at every sign-in: nobody can have known it before. The browser's one before is over with it.
        if (request.Before is { } before)
        {
            await EndAsync(before, cancellationToken).ConfigureAwait(false);
        }

        var (id, nowUs) = (NewId(), clock.NowUs());
        var person = caller with { UntilUs = Math.Min(nowUs + Us(request.LifetimeMax), caller.UntilUs ?? long.MaxValue), Proof = proof with { Session = id } };
        var pass = Issue(person, request.IdleMax);
        var session = new SessionSnapshot(
            id, person.Id, person.Name, person.Role, person.Scopes, person.Tenant, proof.Way, nowUs, request.From, Printable(request.Agent), nowUs, pass.ExpiresUs, person.UntilUs.Value);
        await audit.AllowedAsync(person, "session.begin", request.From, $"session {id} by {proof.Way.ToString().ToLowerInvariant()}", cancellationToken).ConfigureAwait(false);
        var own = (await store.ReadSessionsAsync(cancellationToken).ConfigureAwait(false)).Where(one => one.IsOf(person)).OrderByDescending(one => one.UsedUs);
        foreach (var surplus in own.Skip(options.Value.SessionsPerPersonMax - 1))
        {
            await EndSessionAsync(surplus, person, cancellationToken).ConfigureAwait(false);
        }

        await store.AddSessionAsync(session, cancellationToken).ConfigureAwait(false);
        return pass;
    }

    /// <inheritdoc/>
    public void Used(Caller caller)
    {
        if (caller?.Proof?.Session is { } session)
        {
            uses.Used(session);
        }
    }

    /// <inheritdoc/>
    public ValueTask EndSessionAsync(SessionSnapshot session, CancellationToken cancellationToken = default) =>
        EndSessionAsync(session, Caller.Current ?? throw new InvalidOperationException("Nobody asks for a session's end."), cancellationToken);

    private async ValueTask EndSessionAsync(SessionSnapshot session, Caller by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        await audit.AllowedAsync(by, "session.end", session.Holder, $"session {session.Id} of '{session.Name}', begun {DateTimeOffset.FromUnixTimeMilliseconds(session.BegunUs / 1_000):u} from {session.From}", cancellationToken).ConfigureAwait(false);
        await book.EndPassAsync(session.Id, session.UntilUs, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why a caller must show again who it is before it may do what asks for that; null where it has done so lately.</summary>
    internal AccessDeniedException? Stale(Caller caller)
    {
        var (max, at) = (options.Value.ProofAgeMax, caller.Proof?.AtUs);
        if (at is { } shown && clock.NowUs() - shown <= Us(max))
        {
            return null;
        }

        var last = at is { } when ? $"'{caller.Name}' did so {TimeSpan.FromMicroseconds(clock.NowUs() - when).TotalMinutes:0} minutes ago"
            : caller.Proof?.Way == SignInWay.Provider ? $"the provider's token does not say when ({SecurityOptions.Section}:Provider:{nameof(ProviderOptions.SignInTimeClaim)})"
            : "it is not known when";
        return new AccessDeniedException(
            $"This asks for a sign-in of the last {max.TotalMinutes:0} minutes ({SecurityOptions.Section}:{nameof(SecurityOptions.ProofAgeMax)}); {last}. Sign in again.")
        {
            IsKnown = true, Demand = SignInDemand.Recent, ProofAgeMax = max,
        };
    }

    private Pass Issue(string id, Caller caller, TimeSpan lifetime)
    {
        var ends = Math.Min(clock.NowUs() + Us(lifetime), caller.UntilUs ?? long.MaxValue);
        return new Pass(seal.Sign(new PassSeal.Claims(id, caller.Id, caller.Name, caller.Role, caller.Scopes, caller.Tenant, ends, Until: caller.UntilUs, Proof: caller.Proof)), caller, ends);
    }

    /// <inheritdoc/>
    public Caller? Verify(string pass) => Know(pass) is { IsSilo: false } known ? known.Caller : null;

    /// <inheritdoc/>
    public async ValueTask EndAsync(string pass, CancellationToken cancellationToken = default)
    {
        if (seal.Open(pass) is { Silo: false } claims)
        {
            if (claims.Proof?.Session is { } session && Know(pass) is { } known)
            {
                await audit.AllowedAsync(known.Caller, "session.end", claims.Id, $"session {session}: signed out", cancellationToken).ConfigureAwait(false);
            }

            // It may have been renewed since, up to the end of what it came from, or else by what outlasts no day.
            await book.EndPassAsync(claims.Pass, claims.Until ?? Math.Max(claims.Ends, clock.NowUs() + Us(SiloLifetime)), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What a pass comes to, or null where it does not count: its signature is verified once, its time and whether it was ended at
    /// every call.
    /// </summary>
    internal Known? Know(string? pass)
    {
        if (pass is null or Pass.Nobody)
        {
            return null;
        }

        var page = book.Now;
        if (!_known.TryGetValue(pass, out var known))
        {
            if (seal.Open(pass) is not { } claims)
            {
                return null;
            }

            if (_known.Count >= KnownMax)
            {
                _known.Clear();
            }

            var caller = new Caller(claims.Id, claims.Name, claims.Role, claims.Scopes, claims.Tenant, claims.Until, claims.Proof);
            known = _known[pass] = new Known(caller, claims.Silo, claims.Ends, claims.Pass);
        }

        return clock.NowUs() < known.EndsUs && known.CountsOn(page) ? known : null;
    }

    private async ValueTask<(Caller? Caller, string? Id)> IdentifyAsync(string credential, CancellationToken cancellationToken)
    {
        if (KeyText.TryRead(credential, out var id, out var secret))
        {
            var holder = HolderOf(id, secret);
            if (holder is null)
            {
                await book.RefreshSoonAsync(cancellationToken).ConfigureAwait(false); // It may have been made on another silo just now.
                holder = HolderOf(id, secret);
            }

            return (holder, id);
        }

        return Know(credential) is { IsSilo: false } known
            ? (known.Caller, known.Caller.Id)
            : (await provider.VerifyAsync(credential, cancellationToken).ConfigureAwait(false) is { } person ? book.Bounded(person) : null, null);
    }

    /// <summary>Unknown, wrong, ended and revoked keys take the same way, so that neither the answer nor its time tells them apart.</summary>
    private Caller? HolderOf(string id, byte[] secret)
    {
        var key = book.Now.Keys.GetValueOrDefault(id, Nobodys);
        return KeyText.Fits(key, secret) & key.Key.CountsAt(clock.NowUs()) ? book.CallerOf(key.Key) : null;
    }

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static string Printable(string agent) => string.Concat(agent.Where(letter => !char.IsControl(letter)).Take(AgentLengthMax));

    private static long Us(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>A pass whose signature was verified.</summary>
    internal sealed class Known(Caller caller, bool isSilo, long endsUs, string passId)
    {
        private AccessBook.Page? _page;
        private Source? _source;
        private bool _counts;

        public Caller Caller => caller;

        public bool IsSilo => isSilo;

        public long EndsUs => endsUs;

        public string PassId => passId;

        /// <summary>Whether it was revoked, ended, or the credential that it came from has ended: it will never count again.</summary>
        public bool HasEnded(AccessBook.Page page, long nowUs) => !CountsOn(page) || caller.UntilUs <= nowUs;

        /// <summary>Whether it came from another client the last time. Told once in between may be told twice; that does no harm.</summary>
        public bool IsNewTo(GrainId source)
        {
            if (Volatile.Read(ref _source) is { } before && before.Id.Equals(source))
            {
                return false;
            }

            Volatile.Write(ref _source, new Source(source));
            return true;
        }

        /// <summary>Whether neither it nor its key was ended; looked up once for each reading of the book.</summary>
        public bool CountsOn(AccessBook.Page page)
        {
            if (isSilo || ReferenceEquals(Volatile.Read(ref _page), page))
            {
                return isSilo || _counts;
            }

            _counts = !page.Ended.Contains(passId) && !(page.Keys.TryGetValue(caller.Id, out var key) && key.Key.RevokedUs is not null);
            Volatile.Write(ref _page, page);
            return _counts;
        }

        private sealed record Source(GrainId Id);
    }
}
