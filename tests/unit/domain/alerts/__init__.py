"""Tests of alerts: rules, standing, telling."""
