# The targets of this project; each is one command of dev.py, which needs nothing but Python.
.PHONY: help run test browser check bench drill trust sbom audit seed
help:
	@echo "make run     serve the site with a demo school (PORT, BALISE_DATA)"
	@echo "make test    run all tests; installs what they need, a Chromium too"
	@echo "make browser the tests in a Chromium, every page in each language and size"
	@echo "make check   format, lint, types, import order, lessons"
	@echo "make bench   measure the production server, and whether time grows with the data (BALISE_GROWTH=0: not that)"
	@echo "make drill   the long safety drills, and what they counted"
	@echo "make trust   write docs/trust.md from the last results of the tests"
	@echo "make sbom    list every package with its hashes (CycloneDX)"
	@echo "make audit   look for known holes in the packages, and unsafe habits in the code"
	@echo "make seed    print the demo school's sign-ins"
run test browser check bench drill trust sbom audit seed:
	@python3 dev.py $@
