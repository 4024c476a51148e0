#!/usr/bin/env python3
"""Gives the sources of Kubernetes 1.20 what a load balancer sees in newer API servers.

    kubernetes-newer.py TREE

That is discovery.k8s.io/v1 beside v1beta1, with a zone's and a host's labels under the name deprecatedTopology (1.21), and
spec.loadBalancerClass of Services, set at creation and kept until the type changes (1.21). Code that Kubernetes generates
is left to its own generators. Every place that is not as expected ends it.
"""

import re
import shutil
import sys
from pathlib import Path

tree = Path(sys.argv[1])


def change(path: str, *changes: tuple[str, str]) -> None:
    """Replaces each first text, which has to be there once, by the second."""
    text = (tree / path).read_text()
    for old, new in changes:
        if text.count(old) != 1:
            sys.exit(f"{path}: expected once, found {text.count(old)} times: {old!r}")
        text = text.replace(old, new)
    (tree / path).write_text(text)


def after(anchor: str, more: str) -> tuple[str, str]:
    return anchor, anchor + more


def before(anchor: str, more: str) -> tuple[str, str]:
    return anchor, more + anchor


def copy_version(folder: str, left_out: str) -> None:
    """The folder v1beta1 again as v1, without files whose names fit the pattern."""
    source, target = tree / folder / "v1beta1", tree / folder / "v1"
    target.mkdir()
    for file in source.iterdir():
        if re.fullmatch(left_out, file.name):
            continue
        text = "".join(line for line in file.read_text().splitlines(True) if "prerelease-lifecycle-gen" not in line)
        (target / file.name).write_text(text.replace("v1beta1", "v1"))


def discovery_v1() -> None:
    copy_version("staging/src/k8s.io/api/discovery", r"BUILD|zz_generated\.prerelease-lifecycle\.go")
    copy_version("pkg/apis/discovery", r"BUILD|.*_test\.go|zz_generated\..*")
    change("staging/src/k8s.io/api/discovery/v1/types.go", ('json:"topology,omitempty"', 'json:"deprecatedTopology,omitempty"'))
    change(
        "pkg/apis/discovery/install/install.go",
        before('\t"k8s.io/kubernetes/pkg/apis/discovery/v1beta1"', '\t"k8s.io/kubernetes/pkg/apis/discovery/v1"\n'),
        before("\tutilruntime.Must(v1beta1.AddToScheme(scheme))", "\tutilruntime.Must(v1.AddToScheme(scheme))\n"),
        # What is stored stays v1beta1, as in the releases that came to have both.
        after("SetVersionPriority(v1beta1.SchemeGroupVersion, ", "v1.SchemeGroupVersion, "),
    )
    change(
        "pkg/registry/discovery/rest/storage_discovery.go",
        before('\tdiscoveryv1alpha1 "k8s.io/api', '\tdiscoveryv1 "k8s.io/api/discovery/v1"\n'),
        before(
            "\treturn apiGroupInfo, true, nil",
            "\tif apiResourceConfigSource.VersionEnabled(discoveryv1.SchemeGroupVersion) {\n"
            "\t\tstorageMap, err := p.v1beta1Storage(apiResourceConfigSource, restOptionsGetter)\n"
            "\t\tif err != nil {\n"
            "\t\t\treturn genericapiserver.APIGroupInfo{}, false, err\n"
            "\t\t}\n"
            "\t\tapiGroupInfo.VersionedResourcesStorageMap[discoveryv1.SchemeGroupVersion.Version] = storageMap\n"
            "\t}\n\n",
        ),
    )
    change(
        "pkg/controlplane/instance.go",
        before('\tdiscoveryv1beta1 "k8s.io/api', '\tdiscoveryv1 "k8s.io/api/discovery/v1"\n'),
        before("\t\tdiscoveryv1beta1.SchemeGroupVersion,", "\t\tdiscoveryv1.SchemeGroupVersion,\n"),
    )
    aggregator = "cmd/kube-apiserver/app/aggregator.go"
    row = re.search(r'\t\{Group: "discovery.k8s.io", Version: "v1beta1"\}:.*\n', (tree / aggregator).read_text())
    if row is None:
        sys.exit(f"{aggregator}: no row of discovery.k8s.io/v1beta1")
    change(aggregator, before(row[0], row[0].replace("v1beta1", "v1").replace("version: 12", "version: 15")))
    change("hack/lib/init.sh", before("discovery.k8s.io/v1beta1 \\\n", "discovery.k8s.io/v1 \\\n"))


def load_balancer_class() -> None:
    field = "\n\t// The class of the load balancer that this Service belongs to; kept until its type changes.\n\t// +optional\n"
    internal = "\tAllocateLoadBalancerNodePorts *bool\n"
    change("pkg/apis/core/types.go", after(internal, field + "\tLoadBalancerClass *string\n"))
    external = '\tAllocateLoadBalancerNodePorts *bool `json:"allocateLoadBalancerNodePorts,omitempty" '
    external += 'protobuf:"bytes,20,opt,name=allocateLoadBalancerNodePorts"`\n'
    change(
        "staging/src/k8s.io/api/core/v1/types.go",
        after(external, field + '\tLoadBalancerClass *string `json:"loadBalancerClass,omitempty" protobuf:"bytes,21,opt,name=loadBalancerClass"`\n'),
    )
    # KEP-1959: only with the type, a qualified name, and never changed while the type stays.
    change(
        "pkg/apis/core/validation/validation.go",
        before(
            "\t// external traffic fields\n\tallErrs = append(allErrs, validateServiceExternalTrafficFieldsValue(service)...)\n",
            "\tif class := service.Spec.LoadBalancerClass; class != nil {\n"
            '\t\tpath := specPath.Child("loadBalancerClass")\n'
            "\t\tif service.Spec.Type != core.ServiceTypeLoadBalancer {\n"
            "\t\t\tallErrs = append(allErrs, field.Forbidden(path, \"may only be used when `type` is 'LoadBalancer'\"))\n"
            "\t\t} else {\n"
            "\t\t\tallErrs = append(allErrs, unversionedvalidation.ValidateLabelName(*class, path)...)\n"
            "\t\t}\n"
            "\t}\n\n",
        ),
        before(
            "\treturn append(allErrs, ValidateService(service)...)\n}\n\n// ValidateServiceStatusUpdate",
            "\tif service.Spec.Type == core.ServiceTypeLoadBalancer && oldService.Spec.Type == core.ServiceTypeLoadBalancer &&\n"
            "\t\t!apiequality.Semantic.DeepEqual(service.Spec.LoadBalancerClass, oldService.Spec.LoadBalancerClass) {\n"
            '\t\tpath := field.NewPath("spec", "loadBalancerClass")\n'
            '\t\tallErrs = append(allErrs, field.Invalid(path, service.Spec.LoadBalancerClass, "may not change once set"))\n'
            "\t}\n\n",
        ),
    )
    change(
        "pkg/registry/core/service/strategy.go",
        before(
            "\t// NOTE: there are other fields like `selector` which we could wipe.",
            "\tif oldSvc.Spec.Type == api.ServiceTypeLoadBalancer && newSvc.Spec.Type != api.ServiceTypeLoadBalancer &&\n"
            "\t\toldSvc.Spec.LoadBalancerClass != nil && newSvc.Spec.LoadBalancerClass != nil &&\n"
            "\t\t*oldSvc.Spec.LoadBalancerClass == *newSvc.Spec.LoadBalancerClass {\n"
            "\t\tnewSvc.Spec.LoadBalancerClass = nil\n"
            "\t}\n\n",
        ),
    )


discovery_v1()
load_balancer_class()
