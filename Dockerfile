# One image for every part of the hub: the parts differ only by their command. Built in two steps, so that no build tool stays in it.
FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /build
COPY requirements.lock .
# nkeys is published as source alone (pure Python); nothing else may run a build.
RUN python -m venv /opt/hub \
    && /opt/hub/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps \
        --only-binary :all: --no-binary nkeys -r requirements.lock

FROM python:3.11.14-slim-bookworm
LABEL org.opencontainers.image.title="Hospitium" \
      org.opencontainers.image.description="The hub of welcome that a municipality hosts for itself." \
      org.opencontainers.image.licenses="EUPL-1.2"
RUN groupadd --gid 10001 hub && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin hub
COPY --from=packages /opt/hub /opt/hub
WORKDIR /app
COPY contracts contracts
COPY chassis chassis
COPY services services
COPY gateway gateway
COPY hubctl hubctl
COPY data data
ENV PATH=/opt/hub/bin:$PATH PYTHONPATH=/app PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HUB_SETTINGS=environment \
    NUMBA_CACHE_DIR=/tmp/compiled
# The contract of this version is made here, for the code cannot be written to later.
RUN python -m hubctl.contracts
USER 10001:10001
ENTRYPOINT ["python", "-m"]
CMD ["hubctl", "--help"]
