"""The studio's blueprint."""

from flask import Blueprint

routes = Blueprint("studio", __name__, url_prefix="/studio")
