from playhead.fold.media_events import fold_audio, fold_images


def test_a_transcription_grows_until_it_is_done() -> None:
    pieces = [{"type": "transcript.text.delta", "delta": delta} for delta in "ab"]
    segment = {"type": "transcript.text.segment", "id": "s", "speaker": "A", "text": "ab"}
    assert fold_audio([*pieces, segment]) == {
        "text": "ab", "segments": [{"id": "s", "speaker": "A", "text": "ab"}],
    }  # fmt: skip
    done = {"type": "transcript.text.done", "text": "abc", "usage": {"total_tokens": 1}}
    assert fold_audio([*pieces, done]) == {"text": "abc", "usage": {"total_tokens": 1}}


def test_finished_images_are_the_answer() -> None:
    assert fold_images([
        {"type": "image_generation.partial_image", "b64_json": "AA=="},
        {"type": "image_generation.completed", "b64_json": "AAAA", "created_at": 1, "size": "s"},
    ]) == {"created": 1, "size": "s", "data": [{"b64_json": "AAAA"}]}  # fmt: skip


def test_an_error_within_is_kept() -> None:
    error = {"type": "error", "error": {"message": "m"}}
    assert fold_images([error]) == fold_audio([error]) == {"error": {"message": "m"}}
    spoken = {"type": "speech.audio.delta", "audio": "AAAA"}
    assert fold_audio([spoken, error]) == {"audio": "AAAA", "error": {"message": "m"}}
    assert fold_audio([{"type": "else"}]) == {}


def test_speech_is_joined_piece_by_piece() -> None:
    pieces = [{"type": "speech.audio.delta", "audio": each} for each in ("AA==", "A", "AQI=", 1)]
    done = {"type": "speech.audio.done", "usage": {"total_tokens": 1}}
    assert fold_audio([*pieces, done]) == {"audio": "AAEC", "usage": {"total_tokens": 1}}
