import { booleanOf, isObject, objectOf, textOf } from '../json.ts';
import { ServiceError, type ServiceOperation } from '../json-service.ts';
import { secretOf, tokenOf } from './input.ts';
import { checkRules } from './rotation-schedule.ts';
import type { Rotator } from './rotator.ts';
import { versionWith } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { named } from './value-operations.ts';

/**
 * The operations on rotations, by name. One that does not rotate at once is not tried out either, other than on AWS,
 * which runs testSecret then.
 *
 * @param isPlayed whether a function of that ARN is played.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
 */
export function rotationOperations(
  store: SecretStore,
  rotator: Rotator,
  isPlayed: (functionArn: string) => boolean,
): Readonly<Record<string, ServiceOperation>> {
  return {
    RotateSecret(input) {
      const secret = secretOf(input, store);
      const token = tokenOf(input);
      const functionArn = textOf(input.RotationLambdaARN) ?? secret.rotation?.functionArn;
      if (functionArn === undefined)
        throw new ServiceError(
          'InvalidRequestException',
          'No Lambda rotation function ARN is associated with this secret.',
        );
      if (!isPlayed(functionArn))
        throw new ServiceError('ResourceNotFoundException', `Lambda does not exist: ${functionArn}`);
      const given = input.RotationRules;
      const rules = isObject(given) ? given : objectOf(secret.rotation?.rules);
      checkRules(rules);
      const changed = { ...secret, rotation: { functionArn, rules, isEnabled: true } };
      store.save(changed);
      const isNow = booleanOf(input.RotateImmediately) ?? true;
      if (isNow && versionWith(secret, 'AWSCURRENT') !== token) rotator.request(changed, token);
      rotator.watch();
      return { ...named(secret), ...(isNow ? { VersionId: token } : {}) };
    },

    CancelRotateSecret(input) {
      const secret = secretOf(input, store);
      const { rotation } = secret;
      if (rotation === undefined)
        throw new ServiceError(
          'InvalidRequestException',
          'You tried to cancel the rotation of a secret that does not rotate.',
        );
      store.save({ ...secret, rotation: { ...rotation, isEnabled: false } });
      return named(secret);
    },
  };
}
