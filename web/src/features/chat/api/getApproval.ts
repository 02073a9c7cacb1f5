import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, unwrap } from '@/lib/api/client';

export const approvalQuery = (id: string) =>
  queryOptions({
    queryKey: ['approvals', id],
    queryFn: ({ signal }) => unwrap(api.GET('/api/approvals/{id}/get', { params: { path: { id } }, signal })),
  });

export const useApproval = (id: string) => useQuery(approvalQuery(id));
