"""Fewer answers than were required: a sentence that says so, and what came instead."""


def shortfall(*, served: int, missed: int, wanted: int, advice: str) -> str:
    """Return what is told of `served` answers where at least `wanted` were required.

    `advice` is for an app that never called: the base URL it should have had.
    """
    answered = f"{served} request{'s' * (served != 1)} answered, and at least {wanted} required"
    if served:
        return f"{answered}."
    if missed:
        return f"{answered}: all that came were refused, {missed} of them."
    return f"{answered}: the app never called. {advice}"
