"""deploy/kubernetes without a cluster: its parts fit each other, the image and the server."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from playhead import cli
from support.recordings import CHAT
from support.server import Running, serve

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "deploy" / "kubernetes"
IMAGE = (ROOT / "Dockerfile").read_text()


def manifests() -> dict[tuple[str, str], dict[str, Any]]:
    """Every object in the folder, by its kind and name."""
    loaded = [each for file in FOLDER.iterdir() for each in yaml.safe_load_all(file.read_text())]
    return {(each["kind"], each["metadata"]["name"]): each for each in loaded}


def deployment(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = manifests()["Deployment", name]["spec"]
    return spec


def pod(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = deployment(name)["template"]["spec"]
    return spec


def container(name: str) -> dict[str, Any]:
    (only,) = pod(name)["containers"]
    found: dict[str, Any] = only
    return found


def cassettes() -> dict[str, str]:
    data: dict[str, str] = manifests()["ConfigMap", "cassettes"]["data"]
    return data


def test_it_is_two_servers_with_a_redis_and_cassettes() -> None:
    assert manifests().keys() == {
        ("Deployment", "playhead"), ("Service", "playhead"),
        ("Deployment", "redis"), ("Service", "redis"),
        ("ConfigMap", "cassettes"),
    }  # fmt: skip
    assert deployment("playhead")["replicas"] == 2
    assert deployment("redis")["replicas"] == 1


@pytest.mark.parametrize("name", ["playhead", "redis"])
def test_every_selector_finds_the_pods(name: str) -> None:
    labels = deployment(name)["template"]["metadata"]["labels"]
    assert deployment(name)["selector"]["matchLabels"] == labels
    assert manifests()["Service", name]["spec"]["selector"] == labels


@pytest.mark.parametrize("name", ["playhead", "redis"])
def test_every_service_leads_to_a_port_of_its_container(name: str) -> None:
    (port,) = manifests()["Service", name]["spec"]["ports"]
    (open_port,) = container(name)["ports"]
    assert port["targetPort"] == open_port["name"]
    assert port["port"] == open_port["containerPort"]


def test_the_port_is_the_one_of_the_image() -> None:
    (port,) = container("playhead")["ports"]
    assert f"PLAYHEAD_PORT={port['containerPort']}\n" in IMAGE


def test_the_state_is_shared_through_the_redis_beside_it() -> None:
    (variable,) = container("playhead")["env"]
    (port,) = manifests()["Service", "redis"]["spec"]["ports"]
    assert variable == {"name": "PLAYHEAD_STATE", "value": f"redis://redis:{port['port']}"}
    assert variable["name"] in {each.envvar for each in cli.main.commands["serve"].params}


@pytest.mark.parametrize("name", ["playhead", "redis"])
def test_no_service_becomes_a_variable(name: str) -> None:
    """Kubernetes would set PLAYHEAD_PORT=tcp://… for a Service called playhead."""
    assert pod(name)["enableServiceLinks"] is False


@pytest.mark.parametrize("name", ["playhead", "redis"])
def test_every_pod_has_no_rights_and_no_disk(name: str) -> None:
    assert pod(name)["automountServiceAccountToken"] is False
    assert pod(name)["securityContext"]["runAsNonRoot"] is True
    assert container(name)["securityContext"] == {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", ["playhead", "redis"])
def test_every_mount_has_its_volume(name: str) -> None:
    mounts = [mount["name"] for mount in container(name)["volumeMounts"]]
    assert mounts == [volume["name"] for volume in pod(name)["volumes"]]


def test_the_cassettes_are_mounted_where_the_image_serves_them() -> None:
    mounts = {mount["name"]: mount["mountPath"] for mount in container("playhead")["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod("playhead")["volumes"]}
    assert f"PLAYHEAD_CASSETTES={mounts['cassettes']} " in IMAGE
    assert ("ConfigMap", volumes["cassettes"]["configMap"]["name"]) in manifests()


def test_every_key_of_the_configmap_can_be_one() -> None:
    """Letters, digits, `-`, `_` and `.`, and less than 1 MiB: what Kubernetes allows."""
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]+", key) for key in cassettes())
    assert sum(len(text.encode()) for text in cassettes().values()) < 1024 * 1024


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of the ConfigMap, laid out as the kubelet does: links into a folder with a date."""
    folder = tmp_path_factory.mktemp("cassettes")
    dated = folder / "..2026_11_21_12_00_00.1234567890"
    dated.mkdir()
    (folder / "..data").symlink_to(dated.name)
    for name, text in cassettes().items():
        (dated / name).write_text(text)
        (folder / name).symlink_to(Path("..data") / name)
    with serve(folder) as running:
        yield running


def test_every_cassette_of_the_configmap_is_served_once(mounted: Running) -> None:
    health = mounted.health()
    assert health["cassettes"] == len(cassettes())
    assert health["broken"] == 0


def test_the_cassettes_answer_what_they_recorded(mounted: Running) -> None:
    (recording,) = yaml.safe_load(cassettes()["hello.yaml"])["interactions"]
    reply = mounted.post(CHAT, recording["request"]["body"].encode())
    assert reply.body.decode() == recording["response"]["body"]
    assert orjson.loads(reply.body)["choices"][0]["message"]["content"] == "Hello!"


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_every_probe_asks_what_answers(mounted: Running, probe: str) -> None:
    """The kubelet asks by the pod's address: its Host is one."""
    asks = container("playhead")[probe]["httpGet"]
    (port,) = container("playhead")["ports"]
    assert asks["port"] == port["name"]
    assert mounted.get(asks["path"], {"host": f"10.0.0.7:{port['containerPort']}"}).status == 200


def test_other_pods_reach_the_control_api_by_the_names_of_the_service(mounted: Running) -> None:
    for name in ("playhead", "playhead.default.svc.cluster.local"):
        assert mounted.get("/__playhead/health", {"host": f"{name}:8080"}).status == 200


def test_its_images_are_those_that_are_explained_and_composed() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert f"`{container('playhead')['image']}`" in (ROOT / "docs" / "docker.md").read_text()
    assert container("redis")["image"] == compose["services"]["redis"]["image"]
