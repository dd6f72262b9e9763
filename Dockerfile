FROM python:3.13-slim AS libraries
COPY requirements/runtime.txt /tmp/runtime.txt
RUN python -m venv /opt/gateway \
 && /opt/gateway/bin/pip install --no-cache-dir --require-hashes -r /tmp/runtime.txt

FROM python:3.13-slim
# GOST=1 adds openssl's engine, for requests to Gosuslugi; it is not certified cryptography.
ARG GOST=
RUN if [ -n "$GOST" ]; then apt-get update \
 && apt-get install -y --no-install-recommends openssl libengine-gost-openssl \
 && rm -rf /var/lib/apt/lists/*; fi
RUN useradd --system --uid 10001 --no-create-home gateway
COPY --from=libraries /opt/gateway /opt/gateway
COPY gateway /app/gateway
COPY sync /app/sync
COPY admin /app/admin
ENV PATH=/opt/gateway/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONOPTIMIZE=1
WORKDIR /app
USER gateway
EXPOSE 8080 8081 8082
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "gateway"]
CMD ["serve"]
