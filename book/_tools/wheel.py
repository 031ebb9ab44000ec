"""A wheel of `mlp_core`, for notebooks that leave this folder: pip installs it without git and without a build."""

import base64
import hashlib
import tomllib
import zipfile

from tree import files_below

TAGS = "Wheel-Version: 1.0\nGenerator: mlp_core\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def name(tree):
    """The name of the wheel's file."""
    return f"mlp_core-{_project(tree)['version']}-py3-none-any.whl"


def write(tree, folder):
    """Write the wheel into a folder, in place of an older one, and return its path."""
    files = {f"mlp_core/{file}": (tree.package / file).read_bytes() for file in files_below(tree.package)}
    about = f"mlp_core-{_project(tree)['version']}.dist-info"
    files |= {f"{about}/METADATA": _metadata(_project(tree)).encode(), f"{about}/WHEEL": TAGS.encode()}
    record = [f"{file},sha256={_hash(content)},{len(content)}\n" for file, content in files.items()]
    files[f"{about}/RECORD"] = "".join([*record, f"{about}/RECORD,,\n"]).encode()
    for old in folder.glob("mlp_core-*.whl"):
        old.unlink()
    with zipfile.ZipFile(folder / name(tree), "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(zipfile.ZipInfo(file), content, zipfile.ZIP_DEFLATED)
    return folder / name(tree)


def _project(tree):
    return tomllib.loads((tree.root / "pyproject.toml").read_text("utf-8"))["project"]


def _metadata(project):
    """What pip reads: the name, the version, and what is needed."""
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}"]
    lines += [f"Summary: {project['description']}", f"Requires-Python: {project['requires-python']}"]
    lines += [f"Requires-Dist: {needed}" for needed in project["dependencies"]]
    for extra, wanted in project["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {needed}; extra == "{extra}"' for needed in wanted]
    return "\n".join(lines) + "\n"


def _hash(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
