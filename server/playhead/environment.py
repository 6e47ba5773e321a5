"""The variables that point every provider's SDK at playhead, without a change of code."""

from collections.abc import Mapping
from urllib.parse import urlsplit

DUMMY_KEY = "playhead"
"""Every SDK refuses to start without a key; playhead never looks at it."""


_AT_ORIGIN = (
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_API_URL",
    "ANTHROPIC_AWS_BASE_URL",
    "ANTHROPIC_BEDROCK_BASE_URL",
    "ANTHROPIC_FOUNDRY_BASE_URL",
    "AWS_BEDROCK_BASE_URL",
    "AWS_BEDROCK_RUNTIME_ENDPOINT",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AZURE_API_BASE",
    "AZURE_OPENAI_ENDPOINT",
    "CO_API_URL",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_VERTEX_BASE_URL",
    "GROQ_BASE_URL",
    "OLLAMA_API_BASE",
    "OLLAMA_HOST",
)
"""Whoever reads one of these adds the version to the path."""
_WITH_VERSION = (
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "ANTHROPIC_VERTEX_BASE_URL",
    "CEREBRAS_API_BASE",
    "DEEPSEEK_API_BASE",
    "FIREWORKS_API_BASE",
    "GEMINI_API_BASE",
    "GROQ_API_BASE",
    "OLLAMA_BASE_URL",
    "OPENROUTER_API_BASE",
    "PERPLEXITY_API_BASE",
    "XAI_API_BASE",
)
_KEYS = (
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AWS_API_KEY",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "AZURE_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "CEREBRAS_API_KEY",
    "CO_API_KEY",
    "COHERE_API_KEY",
    "DEEPSEEK_API_KEY",
    "FIREWORKS_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
    "OPENROUTER_API_KEY",
    "PERPLEXITY_API_KEY",
    "TOGETHERAI_API_KEY",
    "XAI_API_KEY",
)
_OTHER_SECRETS = {
    "AI21_API_KEY",
    "AI_GATEWAY_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ARK_API_KEY",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_SESSION_TOKEN",
    "AZURE_AD_TOKEN",
    "AZURE_AI_API_KEY",
    "AZURE_OPENAI_AD_TOKEN",
    "CODESTRAL_API_KEY",
    "DASHSCOPE_API_KEY",
    "DEEPINFRA_API_KEY",
    "FIREWORKSAI_API_KEY",
    "FIREWORKS_AI_API_KEY",
    "FIREWORKS_AI_TOKEN",
    "GOOGLE_GENERATIVE_AI_API_KEY",
    "HUGGINGFACE_API_KEY",
    "JINA_API_KEY",
    "MINIMAX_API_KEY",
    "MOONSHOT_API_KEY",
    "NEBIUS_API_KEY",
    "NVIDIA_API_KEY",
    "NVIDIA_NIM_API_KEY",
    "OLLAMA_API_KEY",
    "OPENAI_ADMIN_KEY",
    "OR_API_KEY",
    "PALM_API_KEY",
    "PERPLEXITYAI_API_KEY",
    "PPLX_API_KEY",
    "REPLICATE_API_KEY",
    "REPLICATE_API_TOKEN",
    "SAMBANOVA_API_KEY",
    "TOGETHER_AI_API_KEY",
    "TOGETHER_AI_TOKEN",
    "TOGETHER_API_KEY",
    "VERCEL_AI_GATEWAY_API_KEY",
    "VOLCENGINE_API_KEY",
    "VOYAGE_API_KEY",
    "WATSONX_APIKEY",
    "WATSONX_API_KEY",
    "ZAI_API_KEY",
}
"""Set where there was one: clients that take a token in place of a key would choose anew, and who
has no key of a provider may skip the tests that need it.

Each by its name. What ends in _API_KEY may be a payment provider's; what a token such as HF_TOKEN
opens is more than a model, and with a wrong one it opens nothing at all.
"""
_SIGNS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_WANTED = {
    "OPENAI_API_VERSION": "2024-10-21",
    "AZURE_API_VERSION": "2024-10-21",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "CLOUD_ML_REGION": "us-east5",
    "ANTHROPIC_AWS_WORKSPACE_ID": DUMMY_KEY,
    "ANTHROPIC_VERTEX_PROJECT_ID": DUMMY_KEY,
}
"""Without these some clients do not start; what is set already is kept."""
_NO_PROXY = ("no_proxy", "NO_PROXY")


def variables(origin: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return name and value of each variable, for a server at `origin` (`http://host:port`).

    They are to be set in the environment `given`. Which SDK reads which: docs/clients.md.
    """
    return {
        **dict.fromkeys(_WITH_VERSION, f"{origin}/v1"),
        **dict.fromkeys(_AT_ORIGIN, origin),
        **dict.fromkeys(_KEYS, DUMMY_KEY),
        # With keys for both, openai's module client refuses to choose between OpenAI and Azure.
        "OPENAI_API_TYPE": given.get("OPENAI_API_TYPE") or "openai",
        **_unproxied(origin, given),
    }


def for_command(origin: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment `given` as it must be for a command that is to call `origin`.

    A dummy is in the place of each key of a provider that docs/clients.md lists. The command finds
    the server in PLAYHEAD_ORIGIN.
    """
    secrets = dict.fromkeys([*_SIGNS, *(_OTHER_SECRETS & given.keys())], DUMMY_KEY)
    ours = {**variables(origin, given), **secrets, "PLAYHEAD_ORIGIN": origin}
    return {**_WANTED, **given, **ours}


def _unproxied(origin: str, given: Mapping[str, str]) -> dict[str, str]:
    """The variables by which calls to `origin` pass no proxy, with all that they said before.

    In both spellings, since who reads the small one may not look at the other any more.
    """
    host = urlsplit(origin).hostname or ""
    before = [given[name] for name in _NO_PROXY if given.get(name)]
    hosts = [each.strip() for said in before for each in said.split(",")]
    told = ",".join(dict.fromkeys([*filter(None, hosts), host]))
    return dict.fromkeys(_NO_PROXY, told)


def origin(host: str, port: int) -> str:
    """Return the address of a server at `host` and `port` as clients write it."""
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def reachable(host: str) -> str:
    """Return the address to call for a server that listens on `host`: `0.0.0.0` is not one."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
