namespace IndustrialTwin.Policy;

/// <summary>An item and its terms.</summary>
/// <param name="Item">What was asked for.</param>
/// <param name="Terms">On what terms; the deadline is the one that admission agreed to.</param>
/// <typeparam name="TItem">What was asked for.</typeparam>
public readonly record struct Work<TItem>(TItem Item, WorkTerms Terms);
