import { sha256 } from '../process/hash';

/**
 * A list of what a bundle consists of and needs, as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/). Holds no time of its own, so that
 * the same model gives the same list.
 */
export function sbom(source: {
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly runtime: Readonly<Record<string, string>>;
}): unknown {
  const { name, files, runtime } = source;
  const content = sha256(JSON.stringify(Object.entries(files).map(([path, bytes]) => [path, sha256(bytes)])));
  const needed = Object.entries(runtime).filter(([package_]) => !package_.startsWith('opset '));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(name)}-${content}`,
    creationInfo: { created: '1970-01-01T00:00:00Z', creators: ['Tool: ml-lifecycle'] },
    documentDescribes: ['SPDXRef-Model'],
    packages: [
      {
        SPDXID: 'SPDXRef-Model',
        name,
        versionInfo: content.slice(0, 12),
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'NOASSERTION',
        licenseDeclared: 'NOASSERTION',
        copyrightText: 'NOASSERTION',
        primaryPackagePurpose: 'OTHER',
        comment: `ONNX, ${Object.entries(runtime)
          .filter(([package_]) => package_.startsWith('opset '))
          .map(([domain, version]) => `${domain} ${version}`)
          .join(', ')}`,
      },
      ...needed.map(([package_, range]) => ({
        SPDXID: `SPDXRef-${package_.replace(/[^A-Za-z0-9.-]/g, '-')}`,
        name: package_,
        versionInfo: range,
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'MIT',
        licenseDeclared: 'MIT',
        copyrightText: 'NOASSERTION',
        externalRefs: ['npm/onnxruntime-node', 'pypi/onnxruntime'].map((where) => ({
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: `pkg:${where}`,
        })),
      })),
    ],
    files: Object.entries(files).map(([path, bytes]) => ({
      SPDXID: `SPDXRef-File-${path.replace(/[^A-Za-z0-9.-]/g, '-')}`,
      fileName: `./${path}`,
      checksums: [{ algorithm: 'SHA256', checksumValue: sha256(bytes) }],
      licenseConcluded: 'NOASSERTION',
      copyrightText: 'NOASSERTION',
    })),
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Model' },
      ...needed.map(([package_]) => ({
        spdxElementId: 'SPDXRef-Model',
        relationshipType: 'DEPENDS_ON',
        relatedSpdxElement: `SPDXRef-${package_.replace(/[^A-Za-z0-9.-]/g, '-')}`,
      })),
      ...Object.keys(files).map((path) => ({
        spdxElementId: 'SPDXRef-Model',
        relationshipType: 'CONTAINS',
        relatedSpdxElement: `SPDXRef-File-${path.replace(/[^A-Za-z0-9.-]/g, '-')}`,
      })),
    ],
  };
}
