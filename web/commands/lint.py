"""`fangfan lint`: whether drawings, rules, forms and sheets would be accepted, without deploying them."""

import json
from pathlib import Path

import click

from engine import deployments
from engine.findings import Finding
from web.commands.files import collect, path_arguments, read
from web.commands.opening import without_database


@click.command
@path_arguments
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: file, works, findings.")
def command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check what is drawn in PATHS as one bundle; exit 1 when something would be refused."""
    files = collect(paths)
    with without_database() as runtime:
        findings = deployments.lint(runtime, read(files))
    by_file = {name: [f for f in findings if f.file == name] for name in files}
    for name, path in files.items():
        report(path, by_file[name], as_json)
    refused = sum(not works(found) for found in by_file.values())
    if not as_json:
        click.echo(f"{len(files)} files, {refused} refused", err=True)
    raise SystemExit(1 if any(f.severity == "error" for f in findings) else 0)


def works(findings: list[Finding]) -> bool:
    """Whether a file with these findings may be deployed."""
    return all(f.severity != "error" for f in findings)


def report(path: Path, findings: list[Finding], as_json: bool) -> None:
    """Prints what was found in one file."""
    if as_json:
        told = [
            {
                "element": f.element_id,
                "name": f.element_name,
                "rule": f.rule,
                "severity": f.severity,
                "message": sentence(f),
                "x": f.x,
                "y": f.y,
            }
            for f in findings
        ]
        click.echo(
            json.dumps({"file": str(path), "works": works(findings), "findings": told}, ensure_ascii=False)
        )
        return
    for f in findings:
        mark = "" if f.severity == "error" else "warning: "
        click.echo(f"{path}:{f.element_id or ''}: {mark}{sentence(f)}")


def sentence(finding: Finding) -> str:
    """The finding in words, with what it speaks of filled in."""
    return finding.message.format(**finding.params)
