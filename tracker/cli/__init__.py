"""The `webleads` command. It owns what a terminal shows; figures and changes come from the packages below it."""

from __future__ import annotations

import sys

import click

from tracker import __version__
from tracker.cli import (
    check,
    demo,
    enrich,
    geo,
    identify,
    log_files,
    quarantine,
    reading,
    rollups,
    running,
    sites,
    tokens,
    users,
)
from tracker.cli.options import EXPECTED_ERRORS
from tracker.cli.reference import registers
from tracker.cli.site import alerts, api_tokens, dkim, fit, funnels, goals, sharing
from tracker.cli.site import annotations as annotation_commands
from tracker.enrichment.text import visible_text
from tracker.server.logs import escape_unset_log


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="webleads")
def webleads() -> None:
    """Which companies read your blog, where they came from, and which deserve a call."""


for _command in (
    running.serve,
    running.collect,
    running.ingest,
    sites.site,
    goals.goal,
    funnels.funnel,
    alerts.alert,
    annotation_commands.annotation,
    api_tokens.api_token,
    sharing.share,
    fit.fit,
    users.user,
    tokens.token,
    log_files.import_log,
    enrich.enrich,
    identify.identify,
    geo.geo,
    registers.registers,
    reading.leads,
    reading.report,
    reading.query,
    demo.demo,
    rollups.rollups,
    quarantine.quarantine,
    check.doctor,
    dkim.dkim,
):
    webleads.add_command(_command)


def main() -> None:
    """Runs the command; what the user can correct is one line on standard error and exit code 2."""
    escape_unset_log()
    try:
        webleads(standalone_mode=False)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        sys.exit(2)
    except click.UsageError as problem:
        where = f" (see `{problem.ctx.command_path} --help`)" if problem.ctx else ""
        click.echo(f"webleads: {problem.format_message()}{where}", err=True)
        sys.exit(2)
    except click.ClickException as problem:
        click.echo(f"webleads: {problem.format_message()}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        # The program that reads the output, such as `head`, has ended.
        sys.stderr.close()
        sys.exit(0)
    except EXPECTED_ERRORS as problem:
        click.echo(f"webleads: {visible_text(str(problem))}", err=True)
        sys.exit(2)
