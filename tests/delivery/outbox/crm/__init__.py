"""Tests of the CRMs, against stand-ins that answer as the published references say."""
