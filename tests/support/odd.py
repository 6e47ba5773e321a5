"""JSON of the right words in the wrong places, for tests of what must never fail."""

import re

from hypothesis import strategies as st

_WORDS = re.findall(r"\S+", """
    messages role content tool_calls function name arguments id index choices delta message
    usage finish_reason input output type text refusal response instructions status reasoning
    prompt_tokens summary error logprobs item part output_index content_index annotation
    content_block partial_json citation thinking signature source data url media_type candidates
    parts functionCall functionResponse inlineData mimeType args usageMetadata finishReason
    logprobsResult executableCode promptFeedback contents systemInstruction embeddings values
    messageStart contentBlockStart contentBlockDelta start toolUse toolResult reasoningContent
    reasoningText redactedContent citationsContent metadata messageStop stopReason image format
    bytes json document event_type tool_plan outputs results outputText generation result images
    thinking response done segments b64_json created_at vector documents query categories
    input_tokens tokens meta model to citations system requests params anthropic_version audio
    function_call reasoning_details obfuscation annotations b a
""")  # fmt: skip
_KINDS = re.findall(r"\S+", """
    message function_call reasoning text thinking tool_use tool_result image document fallback
    image_generation_call code_interpreter_call mcp_call compaction web_search_tool_result
    message_start content_block_start content_block_delta message_delta error ping input_audio
    response.created response.completed response.output_item.added response.content_part.added
    response.output_text.delta response.output_text.annotation.added response.failed
    response.function_call_arguments.done response.reasoning_summary_text.delta file image_url
    message-start content-start content-delta tool-call-start message-end stream-end
    stream-start text-generation citation-generation transcript.text.delta
    transcript.text.segment image_generation.completed chat.completion.chunk user assistant
""")  # fmt: skip

odd = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.text(max_size=3) | st.sampled_from(_KINDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=5)
    ),
    max_leaves=14,
)
odd_events = st.lists(
    st.dictionaries(st.sampled_from(_WORDS), odd, max_size=5)
    | st.builds(
        lambda kind, rest: {**rest, "type": kind, "event_type": kind},
        st.sampled_from(_KINDS),
        st.dictionaries(st.sampled_from(_WORDS), odd, max_size=5),
    ),
    max_size=5,
)
