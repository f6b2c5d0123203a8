"""The only place that joins domain, audit and PAVE. One function per thing that people do."""
