"""What a shop's support asks a model: what a ticket is about, and a first answer to it.

Nothing in it knows of playhead: OPENAI_BASE_URL says where the model is.
"""

from collections.abc import Iterator

from openai import OpenAI


def label(ticket: str) -> str:
    """Return `refund`, `bug` or `other`."""
    answer = OpenAI().chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": "Answer with one word: refund, bug or other."},
            {"role": "user", "content": ticket},
        ],
        temperature=0,
    )
    return answer.choices[0].message.content or "other"


def reply(ticket: str) -> Iterator[str]:
    """Yield a first answer piece by piece, as the model writes it."""
    stream = OpenAI().chat.completions.create(
        model="gpt-4o-mini",
        messages=[
            {"role": "system", "content": "Answer the customer in one short sentence."},
            {"role": "user", "content": ticket},
        ],
        stream=True,
    )
    for chunk in stream:
        yield chunk.choices[0].delta.content or ""
