"""An application that asks a model and prints its answer as it streams in.

Nothing in it knows of playhead: OPENAI_BASE_URL says where the model is.
"""

# ruff: noqa: T201 - printing is what it is for

from openai import OpenAI

client = OpenAI()
stream = client.chat.completions.create(
    model="gpt-4o",
    messages=[
        {"role": "system", "content": "You are a helpful assistant"},
        {"role": "user", "content": "Say hi in Portuguese"},
    ],
    max_tokens=4000,
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
print()
