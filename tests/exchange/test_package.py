"""The trial package: the same bytes each time, and nothing in it can change unnoticed."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256

import pytest
from typer.testing import CliRunner

import trialwright as tw
from trialwright.cli.app import app, main
from trialwright.core.errors import DataError, OutputError
from trialwright.exchange import package_check
from trialwright.exchange.package_names import MANIFEST, name_problem

FILES = {"adam/ADSL.csv": "USUBJID\nP1\n", "report.html": b"<html></html>", "data/DM.csv": "x,é\n"}
ABOUT = {"protocol": "T", "data_cutoff": "2025-06-30"}


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "trial.zip"
    path.write_bytes(tw.package_bytes(FILES, ABOUT))
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, contents, **more):
    """The package with other members, in another zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents:
            archive.writestr(name, content)
        archive.comment = more.get("comment", b"")


def test_the_bytes_depend_on_the_content_alone(package):
    turned = dict(reversed(FILES.items()))
    assert tw.package_bytes(turned, dict(reversed(ABOUT.items()))) == package.read_bytes()
    with zipfile.ZipFile(package) as archive:
        assert archive.namelist() == [MANIFEST, *sorted(FILES)]
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert {one.create_system for one in archive.infolist()} == {3}


def test_the_manifest_lists_each_file_with_its_hash(package):
    manifest = json.loads(members(package)[MANIFEST])
    assert manifest["about"] == ABOUT
    assert {one["name"]: (one["size"], one["sha256"]) for one in manifest["files"]} == {
        name: (len(content), sha256(content).hexdigest())
        for name, content in (
            (n, c if isinstance(c, bytes) else c.encode()) for n, c in FILES.items()
        )
    }


def test_a_whole_package_is_confirmed(package):
    checked = tw.check_package(package)
    assert [one.name for one in checked.files] == sorted(FILES)
    assert checked.sha256 == sha256(package.read_bytes()).hexdigest()
    assert "3 files" in checked.news("trial.zip")


@pytest.mark.parametrize("name", ["adam/ADSL.csv", "report.html"])
def test_a_changed_member_is_refused(package, name):
    rewrite(package, {**members(package), name: b"USUBJID\nP2\n"}.items())
    with pytest.raises(DataError, match="not as its manifest says") as refused:
        tw.check_package(package)
    assert f"{name}: changed" in refused.value.where


def test_a_member_of_the_same_length_is_refused(package):
    rewrite(package, {**members(package), "adam/ADSL.csv": b"USUBJID\nP2\n"}.items())
    assert len(b"USUBJID\nP2\n") == len(FILES["adam/ADSL.csv"])
    with pytest.raises(DataError):
        tw.check_package(package)


def test_missing_extra_and_doubled_members_are_refused(package):
    there = members(package)
    rewrite(package, [(n, c) for n, c in there.items() if n != "report.html"])
    with pytest.raises(DataError) as refused:
        tw.check_package(package)
    assert "report.html: missing" in refused.value.where
    rewrite(package, [*there.items(), ("note.txt", b"")])
    with pytest.raises(DataError) as refused:
        tw.check_package(package)
    assert "note.txt: not in the manifest" in refused.value.where
    with pytest.warns(UserWarning, match="Duplicate name"):
        rewrite(package, [*there.items(), ("report.html", there["report.html"])])
    with pytest.raises(DataError) as refused:
        tw.check_package(package)
    assert "report.html: there 2 times" in refused.value.where


def test_a_second_manifest_is_refused(package):
    there = members(package)
    with pytest.warns(UserWarning, match="Duplicate name"):
        rewrite(package, [*there.items(), (MANIFEST, there[MANIFEST])])
    with pytest.raises(DataError, match="no manifest, or several"):
        tw.check_package(package)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (b"{}", "did not write"),
        (b"[" * 100_000, "did not write"),
        (b'{"producer": "somebody", "form": "x", "about": {}, "files": []}', "did not write"),
    ],
)
def test_a_foreign_manifest_is_refused(package, manifest, message):
    rewrite(package, {**members(package), MANIFEST: manifest}.items())
    with pytest.raises(DataError, match=message):
        tw.check_package(package)


@pytest.mark.parametrize("place", ["before", "behind", "comment", "between"])
def test_bytes_that_no_member_covers_are_refused(package, place):
    whole = package.read_bytes()
    if place == "comment":
        rewrite(package, members(package).items(), comment=b"more")
    elif place == "between":
        at = whole.index(b"PK\x01\x02")
        end = bytearray(whole[-22:])
        end[16:20] = (at + 4).to_bytes(4, "little")
        package.write_bytes(whole[:at] + b"more" + whole[at:-22] + bytes(end))
    else:
        package.write_bytes(b"more" + whole if place == "before" else whole + b"more")
    with pytest.raises(DataError) as refused:
        tw.check_package(package)
    assert "in no member" in refused.value.where


def test_a_bomb_is_refused_before_it_is_unpacked(package, monkeypatch):
    rewrite(package, {**members(package), "bomb.bin": bytes(50_000_000)}.items())

    def never(*_):
        raise AssertionError

    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    with pytest.raises(DataError, match="unpack to too much"):
        tw.check_package(package)


def test_a_member_that_is_longer_than_listed_is_not_read_on(package, monkeypatch):
    """The manifest says 11 bytes: reading stops behind them, whatever the headers say."""
    rewrite(package, {**members(package), "adam/ADSL.csv": bytes(3_000)}.items())
    monkeypatch.setattr(package_check, "_CHUNK", 100)
    sizes = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(
        zipfile.ZipExtFile, "read", lambda self, n=-1: sizes.append(self.name) or read(self, n)
    )
    with pytest.raises(DataError) as refused:
        tw.check_package(package)
    assert "adam/ADSL.csv: changed" in refused.value.where
    assert sizes.count("adam/ADSL.csv") == 1


def test_too_many_members_are_refused(package, monkeypatch):
    monkeypatch.setattr(package_check, "MAX_MEMBERS", 3)
    with pytest.raises(DataError, match="unpack to too much"):
        tw.check_package(package)


@pytest.mark.parametrize("cut", [0, 10, 200, -1])
def test_a_cut_or_broken_zip_is_refused(package, cut):
    package.write_bytes(package.read_bytes()[:cut])
    with pytest.raises(DataError, match="package"):
        tw.check_package(package)


def test_every_changed_byte_is_refused_or_harmless(package):
    """Each 7th byte turned: a refusal, or a package whose content is the same."""
    whole = package.read_bytes()
    kept = tw.check_package(package).files
    refused = 0
    for at in range(0, len(whole), 7):
        package.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            assert tw.check_package(package).files == kept
        except DataError:
            refused += 1
    assert refused > len(whole) // 7 / 2


@pytest.mark.parametrize(
    "name",
    ["/etc/x", "../x", "a/../x", "a//b", "a\\b", "C:x", "x ", "x.", "", "a/", MANIFEST, "a\nb",
     "manifest.JSON"],
)  # fmt: skip
def test_names_that_leave_the_folder_are_refused(name):
    assert name_problem(name)
    with pytest.raises(OutputError, match="names"):
        tw.package_bytes({name: b""}, {})


def test_names_that_differ_in_case_only_are_refused():
    with pytest.raises(OutputError) as refused:
        tw.package_bytes({"A.csv": b"", "a.csv": b""}, {})
    assert "twice" in refused.value.where


def test_a_member_outside_of_the_folder_is_refused(package):
    listed = json.loads(members(package)[MANIFEST])
    listed["files"][0]["name"] = "../evil.csv"
    contents = dict(members(package)) | {MANIFEST: json.dumps(listed).encode()}
    contents["../evil.csv"] = contents.pop("adam/ADSL.csv")
    rewrite(package, contents.items())
    with pytest.raises(DataError, match="another form"):
        tw.check_package(package)


def test_an_encrypted_member_is_refused(package):
    content = bytearray(package.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.rfind(mark)
        content[at + offset] |= 1
    package.write_bytes(bytes(content))
    with pytest.raises(DataError, match="another form"):
        tw.check_package(package)


def test_the_command_checks(package, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["trialwright", "package", "--check", str(package)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    assert "3 files" in capsys.readouterr().out
    package.write_bytes(b"PK")
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "DataError" in capsys.readouterr().err


def test_a_package_can_be_read_by_any_zip_program(package):
    with zipfile.ZipFile(io.BytesIO(package.read_bytes())) as archive:
        assert archive.testzip() is None


def test_the_package_asks_who_completed_as_the_registry_command_does(tmp_path, monkeypatch):
    """The choice reaches the registry results of the package."""
    asked = []
    monkeypatch.setattr(
        "trialwright.cli.package._files", lambda _, choices, __: asked.append(choices) or ({}, {})
    )
    record = tmp_path / "record.txt"
    record.write_text("x")
    (tmp_path / "data").mkdir()
    given = ["package", str(record), "--data", str(tmp_path / "data"), "--completed", "follow-up"]
    made = CliRunner().invoke(app, [*given, "--out", str(tmp_path / "t.zip")])
    assert made.exit_code == 0, made.output
    assert [one.completed for one in asked] == ["follow-up"]
