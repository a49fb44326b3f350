with months as (

    select distinct
        date_trunc('month', date_day)::date as month,
        last_day(date_day) as last_day
    from {{ source('core', 'dim_date') }}
    where date_day <= current_date

),

on_the_last_day as (

    select
        months.month,
        months.last_day,
        versions.subscription_id,
        versions.customer_id,
        versions.plan,
        iff(versions.status = 'active', versions.monthly_value_eur, 0) as mrr_eur,
        datediff('month', min(versions.valid_from) over (partition by versions.subscription_id), months.month)
            as months_active
    from months
    inner join {{ ref('stg_subscriptions') }} as versions
        on versions.valid_from <= months.last_day
        and coalesce(versions.valid_to, '9999-12-31') > months.last_day

),

with_the_month_before as (

    select
        *,
        coalesce(lag(mrr_eur) over (partition by subscription_id order by month), 0) as mrr_before_eur,
        row_number() over (partition by subscription_id order by month) as month_no
    from on_the_last_day

)

select
    mrr.month,
    mrr.subscription_id,
    customers.customer_key,
    mrr.plan,
    mrr.mrr_eur,
    mrr.mrr_eur - mrr.mrr_before_eur as mrr_change_eur,
    case
        when mrr.month_no = 1 then 'new'
        when mrr.mrr_before_eur = 0 and mrr.mrr_eur > 0 then 'reactivation'
        when mrr.mrr_eur = 0 and mrr.mrr_before_eur > 0 then 'churn'
        when mrr.mrr_eur > mrr.mrr_before_eur then 'expansion'
        when mrr.mrr_eur < mrr.mrr_before_eur then 'contraction'
        else 'none'
    end as movement,
    mrr.months_active
from with_the_month_before as mrr
left join {{ source('core', 'dim_customer') }} as customers
    on customers.customer_id = mrr.customer_id
    and mrr.last_day between customers.valid_from and customers.valid_to
