namespace IndustrialTwin.Policy;

/// <summary>What a queue says to the board.</summary>
/// <param name="Wanted">For how many accelerators it has work that nobody has come for; 0 takes it off the board.</param>
/// <param name="SaidUs">When it said so, later each time: of two calls that overtook each other the later counts.</param>
public readonly record struct BoardCall(int Wanted, long SaidUs);
