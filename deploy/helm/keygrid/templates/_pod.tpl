{{- define "keygrid.pod" -}}
metadata:
  labels:
    {{- include "keygrid.labels" . | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "keygrid.name" . }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ add .Values.shutdown.preStopSeconds .Values.shutdown.delaySeconds .Values.shutdown.timeoutSeconds 20 }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    fsGroup: 1000
    seccompProfile: { type: RuntimeDefault }
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "keygrid.selector" . | nindent 16 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "keygrid.selector" . | nindent 10 }}
  containers:
    - name: keygrid
      image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [start]
      ports:
        - { name: http, containerPort: 8080 }
        - { name: management, containerPort: 9000 }
        - { name: tcp-cluster, containerPort: 7800 }
        - { name: tcp-failure, containerPort: 57800 }
      env:
        - { name: KC_HTTP_ENABLED, value: "true" }
        - { name: KC_PROXY_HEADERS, value: xforwarded }
        - { name: KC_HOSTNAME, value: {{ .Values.hostname | quote }} }
        - { name: KC_HEALTH_ENABLED, value: "true" }
        - { name: KC_METRICS_ENABLED, value: {{ .Values.metrics.enabled | quote }} }
        {{- if and .Values.metrics.enabled .Values.metrics.histograms }}
        - { name: KC_CACHE_METRICS_HISTOGRAMS_ENABLED, value: "true" }
        - { name: KC_HTTP_METRICS_HISTOGRAMS_ENABLED, value: "true" }
        {{- end }}
        - { name: KC_SHUTDOWN_DELAY, value: {{ printf "%ds" (int .Values.shutdown.delaySeconds) | quote }} }
        - { name: KC_SHUTDOWN_TIMEOUT, value: {{ printf "%ds" (int .Values.shutdown.timeoutSeconds) | quote }} }
        - { name: KC_DB_URL_HOST, value: {{ .Values.database.host | quote }} }
        - { name: KC_DB_URL_PORT, value: {{ .Values.database.port | quote }} }
        - { name: KC_DB_URL_DATABASE, value: {{ .Values.database.name | quote }} }
        - name: KC_DB_USERNAME
          valueFrom: { secretKeyRef: { name: {{ .Values.database.secretName | quote }}, key: username } }
        - name: KC_DB_PASSWORD
          valueFrom: { secretKeyRef: { name: {{ .Values.database.secretName | quote }}, key: password } }
        - { name: KC_SPI_CACHE_EMBEDDED__DEFAULT__CLUSTER_NAME, value: {{ .Values.cluster.name | quote }} }
        - name: KC_SPI_CACHE_EMBEDDED__DEFAULT__NODE_NAME
          valueFrom: { fieldRef: { fieldPath: metadata.name } }
        - name: KC_SPI_CACHE_EMBEDDED__DEFAULT__MACHINE_NAME
          valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
        {{- if .Values.cluster.siteFromZone }}
        - name: KC_SPI_CACHE_EMBEDDED__DEFAULT__SITE_NAME
          valueFrom: { fieldRef: { fieldPath: "metadata.labels['topology.kubernetes.io/zone']" } }
        {{- end }}
        - name: KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS
          valueFrom: { fieldRef: { fieldPath: status.podIP } }
        {{- if not .Values.cluster.mtls }}
        - { name: KC_CACHE_EMBEDDED_MTLS_ENABLED, value: "false" }
        {{- end }}
        {{- range $name, $value := .Values.options }}
        - { name: {{ $name }}, value: {{ $value | quote }} }
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      startupProbe:
        httpGet: { path: /health/started, port: management }
        periodSeconds: 1
        failureThreshold: 120
      readinessProbe:
        httpGet: { path: /health/ready, port: management }
        periodSeconds: 2
        failureThreshold: 2
      livenessProbe:
        httpGet: { path: /health/live, port: management }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      lifecycle:
        preStop: { sleep: { seconds: {{ .Values.shutdown.preStopSeconds }} } }
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      volumeMounts:
        - { name: data, mountPath: /var/lib/keygrid }
        - { name: tmp, mountPath: /tmp }
  volumes:
    - { name: data, emptyDir: {} }
    - { name: tmp, emptyDir: {} }
{{- end }}
