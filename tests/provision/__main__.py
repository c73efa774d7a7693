"""`make test-setup`: what the tests need beside Python packages. Quick when everything is there."""

from tests.provision import chromium, node, postgres

postgres.install()
chromium.install()
node.install()
