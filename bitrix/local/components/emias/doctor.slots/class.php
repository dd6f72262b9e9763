<?php

use Bitrix\Main\DI\ServiceLocator;
use Bitrix\Main\Engine\ActionFilter;
use Bitrix\Main\Engine\Contract\Controllerable;
use Bitrix\Main\Error;
use Bitrix\Main\ErrorCollection;
use Bitrix\Main\Errorable;
use Bitrix\Main\Loader;
use Bitrix\Main\UI\Extension;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Controller\Told;

if (!defined('B_PROLOG_INCLUDED') || B_PROLOG_INCLUDED !== true) {
    die();
}

/** The nearest free times on a doctor's page; each leads to the booking page with the time already held. */
class EmiasDoctorSlotsComponent extends CBitrixComponent implements Controllerable, Errorable
{
    private const ENDPOINT = '/bitrix/services/main/ajax.php';
    private const HORIZON_DAYS = 30;
    private const MOST = 20;

    private ErrorCollection $errors;

    public function __construct($component = null)
    {
        parent::__construct($component);
        $this->errors = new ErrorCollection();
    }

    public function onPrepareComponentParams($params)
    {
        $url = trim((string) ($params['BOOKING_URL'] ?? ''));

        return [
            'DOCTOR_ID' => trim((string) ($params['DOCTOR_ID'] ?? '')),
            'BOOKING_URL' => preg_match('~^(https?://|/(?!/))~i', $url) ? $url : '/',
            'COUNT' => max(1, min((int) ($params['COUNT'] ?? 6), self::MOST)),
        ] + $params;
    }

    public function executeComponent()
    {
        if ($this->arParams['DOCTOR_ID'] === '') {
            return;
        }
        Extension::load('emias.gateway');
        $this->arResult = [
            'BOOKING_URL' => $this->arParams['BOOKING_URL'],
            'CONFIG' => [
                'endpoint' => self::ENDPOINT,
                'site' => SITE_ID,
                'language' => LANGUAGE_ID,
                'doctor' => $this->arParams['DOCTOR_ID'],
                'count' => $this->arParams['COUNT'],
                'bookingUrl' => $this->arParams['BOOKING_URL'],
            ],
        ];
        $this->includeComponentTemplate();
    }

    public function configureActions()
    {
        return [
            'nearest' => [
                'prefilters' => [
                    new ActionFilter\HttpMethod([ActionFilter\HttpMethod::METHOD_POST]),
                    new ActionFilter\Csrf(),
                    new ActionFilter\CloseSession(),
                ],
            ],
        ];
    }

    /**
     * @return array<string, mixed>|null
     */
    public function nearestAction(string $doctor, int $limit = 6): ?array
    {
        if (!Loader::includeModule('emias.gateway')) {
            $this->errors[] = new Error('', 'site_not_configured');

            return null;
        }
        try {
            $directory = ServiceLocator::getInstance()->get('emias.gateway.directory');
            $found = $directory->slots(mb_substr($doctor, 0, 64), self::HORIZON_DAYS);
        } catch (GatewayException $refusal) {
            $this->errors[] = Told::error($refusal);

            return null;
        }
        $slots = array_merge(...array_map(static fn (array $day): array => $day['slots'], $found['items']));

        return ['items' => array_slice($slots, 0, max(1, min($limit, self::MOST)))] + $found;
    }

    public function getErrors()
    {
        return $this->errors->toArray();
    }

    public function getErrorByCode($code)
    {
        return $this->errors->getErrorByCode($code);
    }
}
