import json
from typing import Any

import pytest

from playhead.library import Library
from playhead.models import PATH, Form, form, listing, model_in, recorded_models
from support.cassettes import interaction, library

GEMINI = "https://g.example/v1beta/models/{}:generateContent"


def _listed(library: Library, scope: str | None = None) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(listing(library, scope))
    return page


def test_the_recorded_models_are_listed_once_each_and_in_order() -> None:
    served = library(
        interaction("b", sent=b'{"model":"gpt-4o"}'),
        interaction("a", sent=b'{"model":"gpt-4o"}'),
        interaction("c", sent=b'{"model":"claude"}'),
        interaction("d", sent=b"{}", url=GEMINI.format("gemini")),
        interaction("e", sent=b"not json"),
    )
    page = _listed(served)
    assert [model["id"] for model in page["data"]] == ["claude", "gemini", "gpt-4o"]
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("claude", "gpt-4o", False)


def test_a_model_looks_as_both_sdks_expect() -> None:
    (model,) = _listed(library(interaction(sent=b'{"model":"gpt-4o"}')))["data"]
    assert (model["object"], model["type"], model["display_name"]) == ("model", "model", "gpt-4o")


def test_an_empty_list_has_no_first_and_no_last() -> None:
    page = _listed(library())
    assert (page["object"], page["data"], page["first_id"], page["last_id"]) == (
        "list",
        [],
        None,
        None,
    )


def test_a_scope_confines_the_list() -> None:
    served = library(
        interaction("a", sent=b'{"model":"x"}'), interaction("b", sent=b'{"model":"y"}')
    )
    assert [model["id"] for model in _listed(served, "b")["data"]] == ["y"]
    assert recorded_models(served, None) == {"x", "y"}


def test_a_model_that_is_not_utf8_does_not_break_the_list() -> None:
    served = library(interaction(sent=b"{}", url=GEMINI.format("%ff")))
    assert [model["id"] for model in _listed(served)["data"]] == ["\udcff"]


@pytest.mark.parametrize(
    ("body", "model"),
    [
        (b'{"model":"gpt-4o"}', "gpt-4o"),
        (b'{"model":5}', ""),
        (b"{}", ""),
        (b'["model"]', ""),
        (b"", ""),
        (b"\xff", ""),
    ],
)
def test_a_body_may_name_a_model(body: bytes, model: str) -> None:
    assert model_in(body) == model


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models",
        "/models",
        "/openai/v1/models",
        "/v1/v1/models",
        "/x/v1beta/models",
        "/api/tags",
    ],
)
def test_the_list_is_asked_for_under_these_paths(path: str) -> None:
    assert PATH.fullmatch(path)


@pytest.mark.parametrize("path", ["/v1/models/gpt-4o", "/x/models", "/v1/models/"])
def test_the_list_is_not_asked_for_under_these(path: str) -> None:
    assert not PATH.fullmatch(path)


def test_a_model_looks_as_googles_clients_expect() -> None:
    (model,) = _listed(library(interaction(sent=b'{"model":"gpt-4o"}')))["models"]
    assert model == {"name": "models/gpt-4o", "displayName": "gpt-4o"}


def test_ollama_is_given_a_list_of_its_own() -> None:
    assert [form("/api/tags"), form("/v1/models")] == [Form.OLLAMA, Form.STANDARD]
    served = library(interaction(sent=b'{"model":"llama"}'))
    page = json.loads(listing(served, None, Form.OLLAMA))
    assert [(each["name"], each["model"]) for each in page["models"]] == [("llama", "llama")]
