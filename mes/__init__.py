"""The project: settings, addresses, the doorbell, and ``mes.lib``, which knows no app."""
