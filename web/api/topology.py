"""`/v2/topology`: one node, one partition; asked by clients to see whether somebody is there."""

from flask import Blueprint, Response, jsonify, request

from web.signed_in import public

routes = Blueprint("topology", __name__)

LIKE = "8.8.0"
"""The version of Camunda's API whose shapes these are."""


@routes.get("/topology")
@public
def topology() -> Response:
    """What answers here."""
    host, _, port = request.host.partition(":")
    partition = {"partitionId": 1, "role": "leader", "health": "healthy", "state": "active"}
    broker = {
        "nodeId": 0,
        "brokerId": "0",
        "host": host,
        "port": int(port) if port.isdigit() else 80,
        "partitions": [partition],
        "version": LIKE,
    }
    return jsonify(
        brokers=[broker],
        clusterId=None,
        clusterSize=1,
        partitionsCount=1,
        replicationFactor=1,
        gatewayVersion=LIKE,
        lastCompletedChangeId="-1",
    )


@routes.get("/status")
@public
def status() -> tuple[str, int]:
    """204 while somebody answers."""
    return "", 204
