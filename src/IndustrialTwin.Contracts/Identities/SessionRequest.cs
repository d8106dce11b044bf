namespace IndustrialTwin.Identities;

/// <summary>A browser's session that is to begin.</summary>
/// <param name="From">The address that the browser asks from.</param>
/// <param name="Agent">What it says that it is.</param>
/// <param name="LifetimeMax">How long the session lasts at most.</param>
/// <param name="IdleMax">How long it lasts without anybody at it.</param>
/// <param name="Before">The pass of the browser's session before, which ends with it, or null.</param>
public sealed record SessionRequest(string From, string Agent, TimeSpan LifetimeMax, TimeSpan IdleMax, string? Before = null);
