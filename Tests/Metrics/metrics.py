#!/usr/bin/env python3
"""Reads the metrics of `advault status --metrics` with Prometheus' own parser, and holds them to `--json`.

usage: metrics.py METRICS JSON: two files. Prints how many samples were compared.
"""
import collections
import datetime
import json
import sys

from prometheus_client.parser import text_string_to_metric_families

TIMES = {"advault_access_expires_timestamp_seconds": "access_expires_at",
         "advault_consent_expires_timestamp_seconds": "refresh_expires_at",
         "advault_consented_timestamp_seconds": "consented_at",
         "advault_refreshed_timestamp_seconds": "refreshed_at"}
STATES = ("ok", "due", "expiring", "reconnect", "interrupted", "app-error")
STATUSES = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def expected(status):
    """What each sample must be, by name and labels."""
    vault, samples = status["vault"], {}

    def add(name, value, **labels):
        samples[name, frozenset(labels.items())] = float(value)

    add("advault_vault_info", 1, vault_id=vault["id"])
    add("advault_vault_generation", vault["generation"])
    for row in status["connections"]:
        name = row["name"]
        add("advault_connection_info", 1, connection=name, provider=row["provider"], app=row["app"],
            renewal=row["renewal"], tags=",".join(row["tags"]))
        for state in STATES:
            add("advault_connection_state", row["state"] == state, connection=name, state=state)
        add("advault_connection_status", STATUSES[row["status"]], connection=name)
        if row["last_error"]:
            add("advault_connection_last_error", 1, connection=name, error=row["last_error"])
        for metric, column in TIMES.items():
            if row[column]:
                add(metric, seconds(row[column]), connection=name)
    return samples


def main(metrics, status):
    with open(metrics, encoding="utf-8") as file:
        families = list(text_string_to_metric_families(file.read()))
    names = collections.Counter(family.name for family in families)
    assert max(names.values()) == 1, f"a family in two pieces: {names}"
    found = {}
    for family in families:
        assert family.type == "gauge" and family.documentation, f"{family.name}: {family.type}"
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found, f"twice: {key}"
            found[key] = sample.value
    # The one moment that the JSON of another run does not have.
    assert found.pop(("advault_status_timestamp_seconds", frozenset())) > 1.7e9
    with open(status, encoding="utf-8") as file:
        wanted = expected(json.load(file))
    assert found == wanted, f"{set(found.items()) ^ set(wanted.items())}"
    print(len(found))


main(*sys.argv[1:])
