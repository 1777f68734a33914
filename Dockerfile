# Not run in this repository's tests. docs/deployment.md says how to run what it makes.
FROM node:24-slim AS portals
WORKDIR /app
COPY package.json package-lock.json ./
COPY server/package.json server/
COPY portals/package.json portals/
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json ./
COPY server/package.json server/
COPY portals/package.json portals/
# What the server needs alone: neither tools nor what the portals were built of, nor a second Node.
RUN npm ci --omit=dev --workspace server && npm cache clean --force
COPY server server
COPY --from=portals /app/portals/dist portals/dist
RUN mkdir -p /data node_modules/.cache && chown node:node /data node_modules/.cache
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --start-period=60s --interval=15s --timeout=5s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts"]
