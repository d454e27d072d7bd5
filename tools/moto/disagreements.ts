/** Where moto 5.2.5 is not as AWS documents it, so that there is nothing to compare: title of the scenario to the reason. */
export const disagreements: Readonly<Record<string, string>> = {
  'Verify refuses the signature of another message':
    'moto answers SignatureValid false; AWS throws KMSInvalidSignatureException (API_Verify)',
  'a symmetric key has no public key':
    'moto answers a key; AWS throws UnsupportedOperationException (API_GetPublicKey)',
  'a message above 4096 bytes is not signed': 'moto has no limit; AWS takes 4096 bytes (API_Sign)',
  'the same token with another value':
    'moto overwrites the version; AWS throws ResourceExistsException (API_PutSecretValue)',
};
