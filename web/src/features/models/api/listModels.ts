import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';
import type { Model } from '@/lib/api/types';

async function listModels(signal: AbortSignal): Promise<Model[]> {
  const models: Model[] = [];
  let after: string | undefined;
  do {
    const page = await unwrap(
      api.GET('/api/models/list', { params: { query: { after, limit: 200 } }, signal }),
    );
    models.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return models;
}

/** All models of the deployment. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: ({ signal }) => listModels(signal),
});

export const useModels = () => useQuery(modelsQuery);
