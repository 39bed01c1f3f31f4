# One image recipe for every service: docker build --build-arg APP=gateway -t portolan-gateway:dev .
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /workspace
ENV CI=true NX_DAEMON=false NX_NO_CLOUD=true NX_TUI=false
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml nx.json tsconfig.base.json ./
COPY tools ./tools
COPY libs ./libs
COPY apps ./apps
# The launcher installs the locked packages with the pinned package manager, without running install scripts.
RUN node tools/launch/install.mjs
ARG APP=gateway
RUN node tools/launch/build.mjs ${APP}

FROM ${NODE_IMAGE} AS run
ARG APP=gateway
LABEL org.opencontainers.image.title="portolan-${APP}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
# The bundle, its source map and the files it reads while it starts; nothing is installed beside them.
COPY --from=build --chown=0:0 /workspace/apps/${APP}/dist/ ./
COPY LICENSE ./
# Where log records, snapshots and data go when volumes are mounted there; a named volume takes its rights from these folders.
RUN mkdir -m 1777 /var/spool/portolan /var/lib/portolan
# By number, so that a cluster can see that it is not root. Any other user works as well: nothing here is written to.
USER 65532:65532
EXPOSE 7443 7444 8787 8788 9090
STOPSIGNAL SIGTERM
# Node.js is process 1 and handles the signals itself. No HEALTHCHECK: whoever runs the image asks /livez and /readyz.
ENTRYPOINT ["node", "--enable-source-maps", "main.mjs"]
