"""Tests of the rules of fit."""
