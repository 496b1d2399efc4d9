"""Notices leave the house: by mail and by a webhook (short messages, 政务微信), as the environment configures them.

A step that writes a notice puts a parcel into the outbox for each channel that knows where the household is reached;
the worker carries it there. Whichever channel comes first has told the household; one that gives up says so on the
notice, and the office tells the household itself.
"""

from web.delivery.channels import Channel, NotConfigured, from_environment
from web.delivery.notices import carriers, posting

__all__ = ["Channel", "NotConfigured", "carriers", "from_environment", "posting"]
