"""The HTTP API: paths, shapes and errors of Camunda 8's Orchestration Cluster REST API v2, for the part we have.

A file a resource. Each route states its verb at the door (`web.api.gate`) and speaks to the engine's functions, never
to tables that it writes itself.
"""
