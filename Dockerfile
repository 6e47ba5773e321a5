# Two stages: the first installs, the second only runs. What it needs and why: docs/docker.md

FROM python:3.13-slim AS build
WORKDIR /src
RUN ["python", "-m", "venv", "--without-pip", "/opt/playhead"]
COPY pyproject.toml README.md LICENSE ./
COPY server ./server
RUN ["python", "-m", "pip", "--python", "/opt/playhead/bin/python", "install", "--no-cache-dir", "--no-compile", ".[redis,rules]"]
# Byte code that is never compared with its source: no file time can make it stale.
RUN ["python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/opt/playhead/lib"]

FROM python:3.13-slim
# The official image carries no byte code for the standard library. Without it each start, and each
# health check, compiles what it imports: on a read-only root file system there is no place to keep it.
RUN ["python", "-c", "import compileall, re, sysconfig; compileall.compile_dir(sysconfig.get_path('stdlib'), quiet=2, rx=re.compile('site-packages|ensurepip|idlelib|turtledemo'))"]
COPY --from=build /opt/playhead /opt/playhead
COPY cassettes /cassettes
ENV PATH=/opt/playhead/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PLAYHEAD_CASSETTES=/cassettes \
    PLAYHEAD_HOST=0.0.0.0 \
    PLAYHEAD_PORT=8080
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --start-interval=100ms --retries=3 \
    CMD ["playhead", "healthcheck"]
ENTRYPOINT ["playhead"]
CMD ["serve"]
