"""Writes the Kubernetes JSON schemas that the manifest tests use.

    python3 -m pip download --no-deps -d /tmp/schemas kubernetes-validate==1.37.0
    python3 tools/k8s/vendor-schemas.py /tmp/schemas/*.whl

Source: the `kubernetes-validate` package (Apache-2.0), which converts the OpenAPI file of each Kubernetes release.
Taken are the strict definitions (unknown fields fail) of the kinds below, without descriptions.
"""
import json
import sys
import zipfile

VERSIONS = ("1.28", "1.37")  # the oldest we support and the newest we know
KINDS = (
    "io.k8s.api.apps.v1.Deployment",
    "io.k8s.api.apps.v1.StatefulSet",
    "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
    "io.k8s.api.batch.v1.Job",
    "io.k8s.api.core.v1.ConfigMap",
    "io.k8s.api.core.v1.Namespace",
    "io.k8s.api.core.v1.Secret",
    "io.k8s.api.core.v1.Service",
    "io.k8s.api.core.v1.ServiceAccount",
    "io.k8s.api.networking.v1.NetworkPolicy",
    "io.k8s.api.policy.v1.PodDisruptionBudget",
)


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value.removeprefix("#/$defs/")
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def bare(node, is_property_map=False):
    if isinstance(node, dict):
        return {
            key: bare(value, key == "properties" and not is_property_map)
            for key, value in node.items()
            if is_property_map or (key != "description" and not key.startswith("x-kubernetes"))
        }
    return [bare(value) for value in node] if isinstance(node, list) else node


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for version in VERSIONS:
            path = f"kubernetes_validate/kubernetes-json-schema/v{version}.0-local-strict/_definitions.json"
            definitions = json.loads(archive.read(path))["$defs"]
            kept, pending = {}, [name for name in KINDS]
            while pending:
                name = pending.pop()
                if name not in kept:
                    kept[name] = bare(definitions[name])
                    pending.extend(references(kept[name]))
            with open(f"tools/k8s/schemas/v{version}.json", "w") as file:
                json.dump({"$defs": kept}, file, indent=None, separators=(",", ":"), sort_keys=True)
                file.write("\n")


main(sys.argv[1])
