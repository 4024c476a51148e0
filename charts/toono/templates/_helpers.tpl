{{/* Names. */}}
{{- define "toono.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "toono.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "toono.controller.serviceAccountName" -}}
{{- with .Values.controller.serviceAccount -}}
{{- if .create -}}
{{- default (printf "%s-controller" (include "toono.fullname" $)) .name -}}
{{- else -}}
{{- default "default" .name -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "toono.speaker.serviceAccountName" -}}
{{- with .Values.speaker.serviceAccount -}}
{{- if .create -}}
{{- default (printf "%s-speaker" (include "toono.fullname" $)) .name -}}
{{- else -}}
{{- default "default" .name -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "toono.helloSecretName" -}}
{{- default (printf "%s-hello" (include "toono.fullname" .)) .Values.speaker.hello.secretName -}}
{{- end -}}

{{/* What selects pods never changes, so the version is not in it. */}}
{{- define "toono.selectorLabels" -}}
app.kubernetes.io/name: {{ include "toono.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "toono.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "toono.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* Image: called with a list of the root and an image table. */}}
{{- define "toono.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- printf "%s:%s" $image.repository (default $root.Chart.AppVersion $image.tag) -}}
{{- end -}}

{{/* The Secret with a part's certificate, or nothing: called with a list of the root and the part's name. */}}
{{- define "toono.tlsSecret" -}}
{{- index (index . 0).Values.tls (printf "%sMetricsTLSSecret" (index . 1)) -}}
{{- end -}}

{{/* Arguments of TLS and authorization: called with a list of the root and the part's name. */}}
{{- define "toono.httpArguments" -}}
{{- if include "toono.tlsSecret" . }}
- --http-certificate-file=/etc/toono/tls/tls.crt
- --http-key-file=/etc/toono/tls/tls.key
{{- end }}
{{- if (index . 0).Values.prometheus.authorization.enabled }}
- --metrics-authorization
{{- end }}
{{- end -}}

{{/* Rules of a role that judges tokens. */}}
{{- define "toono.reviewRules" -}}
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- end -}}

{{/* A probe of the HTTP port: called with a dict of probe, path, host and tls. The kubelet believes any certificate. */}}
{{- define "toono.probe" -}}
httpGet:
  path: {{ .path }}
  port: metrics
  {{- if .tls }}
  scheme: HTTPS
  {{- end }}
  {{- with .host }}
  host: {{ . | quote }}
  {{- end }}
{{- range $name := list "initialDelaySeconds" "periodSeconds" "timeoutSeconds" "successThreshold" "failureThreshold" }}
{{- if hasKey $.probe $name }}
{{ $name }}: {{ index $.probe $name | int }}
{{- end }}
{{- end }}
{{- end -}}

{{/* seccomp's profile is an annotation before 1.19. */}}
{{- define "toono.hasSeccompField" -}}
{{- if semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version }}yes{{ end -}}
{{- end -}}

{{/* Annotations of a pod: called with a list of the root, the part's values and its name. */}}
{{- define "toono.podAnnotations" -}}
{{- $root := index . 0 -}}
{{- $annotations := dict -}}
{{- if $root.Values.prometheus.scrapeAnnotations -}}
{{- $_ := set $annotations "prometheus.io/scrape" "true" -}}
{{- $_ := set $annotations "prometheus.io/port" ($root.Values.prometheus.metricsPort | int | toString) -}}
{{- if include "toono.tlsSecret" (list $root (index . 2)) -}}
{{- $_ := set $annotations "prometheus.io/scheme" "https" -}}
{{- end -}}
{{- end -}}
{{- if not (include "toono.hasSeccompField" $root) -}}
{{- $_ := set $annotations "seccomp.security.alpha.kubernetes.io/pod" "runtime/default" -}}
{{- end -}}
{{- $annotations = merge (dict) (default (dict) (index . 1).podAnnotations) $annotations -}}
{{- if $annotations -}}
{{- toYaml $annotations -}}
{{- end -}}
{{- end -}}

{{/* The pod's security context: called with a list of the root and a table. */}}
{{- define "toono.podSecurityContext" -}}
{{- $root := index . 0 -}}
{{- $context := deepCopy (default (dict) (index . 1)) -}}
{{- if and (include "toono.hasSeccompField" $root) (not (hasKey $context "seccompProfile")) -}}
{{- $_ := set $context "seccompProfile" (dict "type" "RuntimeDefault") -}}
{{- end -}}
{{- if $context -}}
{{- toYaml $context -}}
{{- end -}}
{{- end -}}

{{/* What the schema cannot say, since it takes two values. */}}
{{- define "toono.validate" -}}
{{- with .Values.controller -}}
{{- if and (gt (int .replicas) 1) (not .leaderElect) -}}
{{- fail "controller.replicas: more than one needs controller.leaderElect" -}}
{{- end -}}
{{- if and (not .leaderElect) (ne .strategy.type "Recreate") -}}
{{- fail "controller.strategy.type: must be Recreate without controller.leaderElect, or two controllers work at once during an update" -}}
{{- end -}}
{{- if and (eq .strategy.type "Recreate") .strategy.rollingUpdate -}}
{{- fail "controller.strategy.rollingUpdate: means nothing with controller.strategy.type Recreate" -}}
{{- end -}}
{{- end -}}
{{- with .Values.prometheus -}}
{{- if and .podMonitor.enabled .serviceMonitor.enabled -}}
{{- fail "prometheus.serviceMonitor.enabled: with prometheus.podMonitor.enabled every process is scraped twice" -}}
{{- end -}}
{{- if and .rbacPrometheus (or .podMonitor.enabled .serviceMonitor.enabled) -}}
{{- $_ := required "prometheus.serviceAccount: needed with prometheus.rbacPrometheus: the name of Prometheus's service account" .serviceAccount -}}
{{- $_ := required "prometheus.namespace: needed with prometheus.rbacPrometheus: the namespace of Prometheus's service account" .namespace -}}
{{- end -}}
{{- end -}}
{{- if hasKey .Values.speaker "secretName" -}}
{{- fail "speaker.secretName: names the Secret of MetalLB's memberlist, which there is not; that with the key of the hellos is speaker.hello.secretName" -}}
{{- end -}}
{{- with .Values.prometheus -}}
{{- if and $.Values.speaker.enabled (regexMatch "^(127\\.|[0:]*:0*1$)" $.Values.speaker.httpHost) (or .scrapeAnnotations .podMonitor.enabled .serviceMonitor.enabled) -}}
{{- fail "speaker.httpHost: Prometheus reaches no loopback address of a node; leave it empty, or turn scrapeAnnotations and the monitors of prometheus off" -}}
{{- end -}}
{{- end -}}
{{- if .Values.prometheus.authorization.enabled -}}
{{- range $part := list "controller" "speaker" -}}
{{- if and (index $.Values $part).enabled (not (include "toono.tlsSecret" (list $ $part))) -}}
{{- fail (printf "prometheus.authorization.enabled: needs tls.%sMetricsTLSSecret, or tokens can be read on the wire" $part) -}}
{{- end -}}
{{- end -}}
{{- if .Values.prometheus.podMonitor.enabled -}}
{{- fail "prometheus.authorization.enabled: a PodMonitor sends no token of Prometheus's own; use prometheus.serviceMonitor" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.psp.create (semverCompare ">=1.25-0" .Capabilities.KubeVersion.Version) -}}
{{- fail "psp.create: Kubernetes has none from 1.25 on; label the namespace instead" -}}
{{- end -}}
{{- if and .Values.networkpolicies.defaultDeny (not .Values.networkpolicies.enabled) -}}
{{- fail "networkpolicies.defaultDeny: needs networkpolicies.enabled, or nothing of the namespace is reached" -}}
{{- end -}}
{{- end -}}

{{/* The labels of an alert, or nothing. */}}
{{- define "toono.alertLabels" -}}
{{- with . -}}
labels:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
