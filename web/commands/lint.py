"""`fangfan lint`: whether drawings, rules, forms and sheets would be accepted, without deploying them."""

import json
from pathlib import Path

import click

from engine import deployments
from engine.findings import Finding
from web.commands.files import Files, find, path_arguments
from web.commands.opening import all_processes_option, opened, without_database


@click.command
@path_arguments
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: file, works, findings.")
@click.option("--database", metavar="URL", help="What the files need may also be in force in this database.")
@all_processes_option
def command(paths: tuple[Path, ...], as_json: bool, database: str | None, all_processes: bool) -> None:
    """Check each file in PATHS, as if it were deployed with what it needs of the others; exit 1 if one would be refused.

    Folders are searched for drawings (.bpmn, .bpmn20.xml), rules, forms and sheets. Two files may define the same: that
    is a warning, since they cannot be deployed together.
    """
    files = Files(find(paths))
    refused = 0
    with opened(database) if database else without_database() as runtime, runtime.database.read() as session:
        for name, findings in deployments.lint_each(
            runtime, files, session if database else None, all_processes=all_processes
        ):
            report(Path(name), findings, as_json)
            refused += not works(findings)
    if not as_json:
        click.echo(f"{len(files)} files, {refused} refused", err=True)
    raise SystemExit(1 if refused else 0)


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
