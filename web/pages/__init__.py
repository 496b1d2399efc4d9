"""The pages, a file a group of addresses."""

from web.pages import sign_in, worklist

BLUEPRINTS = (sign_in.blueprint, worklist.blueprint)
