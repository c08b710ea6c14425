"""A simulator of LINE Pay's Online API v3 with a checkout page (the re-enactment of 2019; Taiwan)."""
