"""How the answer of an interaction streams: by its type, its body, or what was asked for."""

from playhead import pieces
from playhead.cassette import Interaction
from playhead.dialects import ErrorForm, recorded_route
from playhead.pieces import Form


def form_of(interaction: Interaction) -> Form | None:
    """Return the form in which the recorded answer streams; None where it does not.

    A recorded media type decides. Gemini's JSON array has that of any other JSON, so there the
    operation does.
    """
    body = interaction.response.body
    if recorded_type := pieces.media_type(interaction.response.headers):
        form = pieces.form_of(recorded_type)
    else:
        form = pieces.sniff(body) or _asked_for(interaction)
    if form is None and body.lstrip().startswith(b"["):
        streams = recorded_route(interaction).operation == "streamGenerateContent"
        return pieces.JSON_ARRAY if streams else None
    return form


def _asked_for(interaction: Interaction) -> Form | None:
    """The form of an answer whose type was not recorded and whose body is damaged."""
    route = recorded_route(interaction)
    is_aws = route.errors is ErrorForm.AWS and route.operation.endswith("-stream")
    return pieces.AWS if is_aws else None
